#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// OpenSSL's own names; its headers stay in service/tls/*.cpp.
struct evp_pkey_st;
struct ssl_ctx_st;
struct x509_st;

namespace stemlathe::service {

/// `[tls]`: a certificate with those that vouch for it, and its key, both in PEM.
struct TlsFiles {
    std::filesystem::path certificate{}; ///< the server's own first (certbot's fullchain.pem)
    std::filesystem::path key{};         ///< without a passphrase

    [[nodiscard]] bool are_named() const noexcept {
        return !certificate.empty();
    }
};

/// What stands in a certificate. Times in seconds since 1970.
struct CertificateFacts {
    std::string serial{};  ///< hexadecimal, upper case
    std::string subject{}; ///< "CN = mastering.example"
    std::int64_t from_s = 0;
    std::int64_t until_s = 0;
    /// SHA-256 of its public key as libcurl takes it: "sha256//" and base64 (RFC 7469, 2.4).
    std::string key_pin{};
};

/// What to tell the operator of its time; empty where that is well.
/// @param now_s  seconds since 1970
[[nodiscard]] std::string time_warning(CertificateFacts const& facts, std::int64_t now_s);

inline constexpr std::int64_t kDay_s = 86'400;
/// ACME clients renew when 30 days are left: what has fewer than this is not being renewed.
inline constexpr std::int64_t kWarnBefore_s = 14 * kDay_s;

/// A server's certificate, the chain that vouches for it, and its key, all held in memory.
class Certificate {
  public:
    /// Reads and checks both files. Their time is not looked at: a service with an expired
    /// certificate still serves who does not mind.
    /// @throws Failure{not_found} a file is missing; {invalid_argument} it cannot be read, holds no
    /// PEM, the key is another's, too weak, or protected by a passphrase
    explicit Certificate(TlsFiles const& files);

    [[nodiscard]] CertificateFacts const& facts() const noexcept {
        return facts_;
    }

    /// Empty, or that others on this machine can read the key.
    [[nodiscard]] std::string const& key_warning() const noexcept {
        return key_warning_;
    }

    /// @throws Failure{invalid_argument} OpenSSL does not take it
    void give_to(ssl_ctx_st& context) const;

  private:
    struct Free {
        void operator()(x509_st* certificate) const noexcept;
        void operator()(evp_pkey_st* key) const noexcept;
    };

    std::filesystem::path file_; ///< of the certificate, for what is said of it
    std::vector<std::unique_ptr<x509_st, Free>> chain_{}; ///< the server's own first
    std::unique_ptr<evp_pkey_st, Free> key_{};
    CertificateFacts facts_{};
    std::string key_warning_{};
};

} // namespace stemlathe::service
