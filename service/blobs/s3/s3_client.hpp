#pragma once

#include "service/blobs/blob_source.hpp"
#include "service/blobs/s3/credential_source.hpp"
#include "service/blobs/s3/s3_settings.hpp"
#include "service/client/http_client.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

struct S3Request {
    std::string method = "GET";
    std::string key{}; ///< with the prefix; empty: the bucket itself
    NamedTexts query{};
    NamedTexts fields{}; ///< all of them are signed
    std::optional<std::string> body = std::nullopt;
};

/// How long a bucket that does not answer is asked again.
enum class Haste : std::uint8_t {
    none,           ///< `give_up`
    somebody_waits, ///< `give_up_soon`; once, where it has been away for some time
};

/// Signed requests to one bucket, repeated while it does not answer or asks to come again. From any
/// thread.
class S3Client {
  public:
    /// @throws Failure{invalid_argument} the endpoint is no address, there are no credentials
    explicit S3Client(S3Settings settings);

    [[nodiscard]] S3Settings const& settings() const noexcept {
        return settings_;
    }

    /// The first answer that repeating would not change, whatever its status.
    /// @throws StoreUnavailable there was none within the patience
    [[nodiscard]] HttpReply send(S3Request const& request, Haste haste = Haste::none);

    /// Whether the last who asked gave up.
    [[nodiscard]] bool is_away() const noexcept {
        return is_away_;
    }

    /// A sentence for an answer that was not expected: what was wanted, status, S3's own words.
    [[nodiscard]] StoreUnavailable
    refusal(std::string_view wanted, S3Request const& request, HttpReply const& reply) const;

  private:
    [[nodiscard]] HttpCall
    signed_call(S3Request const& request, S3Credentials const& credentials) const;
    [[nodiscard]] std::unique_ptr<HttpClient> take_connection(Haste haste);
    void give_back(std::unique_ptr<HttpClient> connection, Haste haste);

    S3Settings settings_;
    std::string address_; ///< of the bucket, without '/' at its end
    std::string host_;    ///< as the Host field has it
    std::string root_;    ///< path of the bucket in the address: "" or "/bucket"
    CredentialSource credentials_;
    std::atomic<bool> is_away_ = false;
    std::mutex mutex_;
    std::map<Haste, std::vector<std::unique_ptr<HttpClient>>> idle_;
};

/// What stands between <name> and </name> the first time, with its entities resolved; empty where
/// it does not.
[[nodiscard]] std::string xml_text(std::string_view xml, std::string_view name);

/// Every stretch between <name> and </name>, as it stands.
[[nodiscard]] std::vector<std::string_view>
xml_elements(std::string_view xml, std::string_view name);

} // namespace stemlathe::service
