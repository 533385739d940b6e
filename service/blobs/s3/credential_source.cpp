#include "service/blobs/s3/credential_source.hpp"

#include "service/blobs/blob_source.hpp"
#include "service/blobs/s3/s3_settings.hpp"

#include <cstdlib>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::chrono::minutes kBeforeTheEnd{5};
constexpr std::chrono::seconds kBetweenTries{30};
constexpr std::string_view kInstanceRole = "instance-role";

bool has_own_keys() {
    return std::getenv("AWS_ACCESS_KEY_ID") != nullptr; // NOLINT(concurrency-mt-unsafe)
}

/// Whoever lends keys where there are none of one's own; none.
std::function<LentCredentials()>
lender_for(std::filesystem::path const& named, std::string const& region) {
    if (named == kInstanceRole) {
        return lent_to_instance;
    }
    if (!named.empty() || has_own_keys()) {
        return {};
    }
    if (is_web_identity_set()) {
        return [region] {
            return lent_to_web_identity(region);
        };
    }
    if (is_container_role_set()) {
        return lent_to_container;
    }
    return {};
}

} // namespace

CredentialSource::CredentialSource(std::filesystem::path named, std::string const& region)
    : file_{std::move(named)}, lender_{lender_for(file_, region)} {}

CredentialSource::CredentialSource(
    std::function<LentCredentials()> lender, std::function<Clock::time_point()> now
)
    : lender_{std::move(lender)}, now_{std::move(now)} {}

S3Credentials CredentialSource::current() {
    return lender_ ? lent() : s3_credentials(file_);
}

S3Credentials CredentialSource::lent() {
    std::lock_guard const lock{mutex_};
    auto const now = now_();
    bool const is_over = !kept_ || kept_->expires <= now;
    if (is_over || (kept_->expires <= now + kBeforeTheEnd && now >= next_try_)) {
        try {
            kept_ = lender_();
        } catch (StoreUnavailable const&) {
            if (is_over) {
                throw;
            }
        }
        next_try_ = now + kBetweenTries;
    }
    return kept_->credentials;
}

bool CredentialSource::forget(std::string const& key_id) {
    std::lock_guard const lock{mutex_};
    if (kept_ && kept_->credentials.key_id == key_id) {
        kept_.reset();
    }
    return static_cast<bool>(lender_);
}

} // namespace stemlathe::service
