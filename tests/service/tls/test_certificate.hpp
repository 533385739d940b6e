#pragma once

#include "service/tls/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

/// Certificates made on the spot.
namespace stemlathe::test {

struct FreeOpenSsl {
    void operator()(EVP_PKEY* key) const noexcept {
        ::EVP_PKEY_free(key);
    }

    void operator()(X509* certificate) const noexcept {
        ::X509_free(certificate);
    }
};

enum class TestKey { p256, rsa_2048, rsa_1024 };

/// Valid for localhost and 127.0.0.1.
struct CertificateWish {
    long serial = 1;
    TestKey key = TestKey::p256;
    std::int64_t begins_in_s = -3'600;
    std::int64_t ends_in_s = 90 * std::int64_t{86'400};
};

struct PemPair {
    std::string certificate{}; ///< and its authority's
    std::string key{};
};

/// A house's own authority.
class TestAuthority {
  public:
    TestAuthority();

    [[nodiscard]] std::string certificate() const;
    [[nodiscard]] PemPair issue(CertificateWish const& wish) const;

  private:
    std::unique_ptr<EVP_PKEY, FreeOpenSsl> key_;
    std::unique_ptr<X509, FreeOpenSsl> certificate_;
};

/// The same key under a passphrase.
[[nodiscard]] std::string protected_key(std::string const& key_pem);

/// Writes server.pem and server.key into a folder, each whole at once, the key for its owner alone.
service::TlsFiles put(PemPair const& pair, std::filesystem::path const& folder);

} // namespace stemlathe::test
