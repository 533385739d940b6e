#pragma once

#include "service/blobs/s3/s3_roles.hpp"
#include "service/blobs/s3/sigv4.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace stemlathe::service {

/// The keys that requests are signed with at this moment. From any thread.
class CredentialSource {
  public:
    using Clock = std::chrono::system_clock;

    /// @param named  `[blobs] credentials`: a file, "instance-role", or empty: AWS_ACCESS_KEY_ID in
    /// the environment, else the role of a pod (web identity), else that of a container
    CredentialSource(std::filesystem::path named, std::string const& region);

    /// Lent by whomever. @param now  tells the time
    CredentialSource(
        std::function<LentCredentials()> lender, std::function<Clock::time_point()> now
    );

    /// A file and the environment are read each time; what is lent is kept, and renewed five
    /// minutes before its end. While nobody renews it, it serves as long as it may.
    /// @throws Failure{invalid_argument} there are none; StoreUnavailable
    [[nodiscard]] S3Credentials current();

    /// The bucket says that these have ended. @returns whether others may be lent
    bool forget(std::string const& key_id);

  private:
    [[nodiscard]] S3Credentials lent();

    std::filesystem::path file_;
    std::function<LentCredentials()> lender_{}; ///< none: keys that are one's own
    std::function<Clock::time_point()> now_ = Clock::now;
    std::mutex mutex_{};
    std::optional<LentCredentials> kept_ = std::nullopt;
    Clock::time_point next_try_{};
};

} // namespace stemlathe::service
