#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// The secrets that webhooks are signed with: made, kept sealed, used.
namespace stemlathe::service {

/// "whsec_" and 32 random bytes in base64, as Standard Webhooks writes them.
[[nodiscard]] std::string new_webhook_secret();

/// What one secret adds to `webhook-signature`: "v1," and the base64 of the HMAC-SHA256 over
/// "id.timestamp.body" (Standard Webhooks 1.0.0). @param secret  as new_webhook_secret makes it
[[nodiscard]] std::string webhook_signature(
    std::string const& secret, std::string_view id, std::int64_t timestamp_s, std::string_view body
);

/// Seals secrets with the house's key (XSalsa20-Poly1305, libsodium's secretbox), so that neither
/// the database nor a backup of it holds one. Any thread may use it.
class SecretBox {
  public:
    /// Reads the key, or makes one where there is no file, for its owner only.
    /// @throws Failure{invalid_argument} others may read the file, or it holds no key;
    /// {storage_full, storage_failed}
    explicit SecretBox(std::filesystem::path file);
    SecretBox(SecretBox const&) = delete;
    SecretBox& operator=(SecretBox const&) = delete;
    ~SecretBox();

    /// Which key it is, for rows to name: 16 letters that say nothing about it.
    [[nodiscard]] std::string const& key_id() const noexcept {
        return key_id_;
    }

    [[nodiscard]] std::filesystem::path const& file() const noexcept {
        return file_;
    }

    [[nodiscard]] std::string seal(std::string_view secret) const;
    /// Nothing where another key sealed it, or somebody changed it.
    [[nodiscard]] std::optional<std::string> open(std::string const& sealed) const;

  private:
    static constexpr std::size_t kKeyBytes = 32;

    std::filesystem::path file_;
    std::array<unsigned char, kKeyBytes> key_{};
    std::string key_id_{};
};

} // namespace stemlathe::service
