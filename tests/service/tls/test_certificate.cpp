#include "tests/service/tls/test_certificate.hpp"

#include "formats/atomic_file.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace stemlathe::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, FreeOpenSsl>;
using X = std::unique_ptr<X509, FreeOpenSsl>;

Key make_key(TestKey kind) {
    Key key{
        kind == TestKey::p256 ? EVP_EC_gen("P-256")
                              : EVP_RSA_gen(kind == TestKey::rsa_2048 ? 2048U : 1024U)};
    if (!key) {
        throw std::runtime_error{"OpenSSL makes no key"};
    }
    return key;
}

std::string text_of(BIO* bio) {
    char* text = nullptr;
    auto const length = BIO_get_mem_data(bio, &text);
    std::string const pem{text, static_cast<std::size_t>(length)};
    ::BIO_free(bio);
    return pem;
}

std::string pem_of(X509* certificate) {
    auto* const bio = ::BIO_new(::BIO_s_mem());
    ::PEM_write_bio_X509(bio, certificate);
    return text_of(bio);
}

std::string pem_of(EVP_PKEY* key) {
    auto* const bio = ::BIO_new(::BIO_s_mem());
    ::PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio);
}

void extend(X509* certificate, X509* issuer, int kind, char const* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* const extension = ::X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    ::X509_add_ext(certificate, extension, -1);
    ::X509_EXTENSION_free(extension);
}

X begin_certificate(char const* name, long serial, EVP_PKEY* key, CertificateWish const& wish) {
    X made{::X509_new()};
    auto* const certificate = made.get();
    ::X509_set_version(certificate, 2);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate), serial);
    ::X509_gmtime_adj(X509_getm_notBefore(certificate), wish.begins_in_s);
    ::X509_gmtime_adj(X509_getm_notAfter(certificate), wish.ends_in_s);
    auto const* const bytes = reinterpret_cast<unsigned char const*>(name);
    ::X509_NAME_add_entry_by_txt(
        ::X509_get_subject_name(certificate), "CN", MBSTRING_ASC, bytes, -1, -1, 0
    );
    ::X509_set_pubkey(certificate, key);
    return made;
}

} // namespace

TestAuthority::TestAuthority()
    : key_{make_key(TestKey::p256)},
      certificate_{begin_certificate("House authority", 1, key_.get(), {})} {
    auto* const certificate = certificate_.get();
    ::X509_set_issuer_name(certificate, ::X509_get_subject_name(certificate));
    extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate, certificate, NID_key_usage, "critical,keyCertSign");
    extend(certificate, certificate, NID_subject_key_identifier, "hash");
    ::X509_sign(certificate, key_.get(), ::EVP_sha256());
}

std::string TestAuthority::certificate() const {
    return pem_of(certificate_.get());
}

PemPair TestAuthority::issue(CertificateWish const& wish) const {
    auto const key = make_key(wish.key);
    auto const made = begin_certificate("localhost", wish.serial, key.get(), wish);
    auto* const certificate = made.get();
    ::X509_set_issuer_name(certificate, ::X509_get_subject_name(certificate_.get()));
    extend(certificate, certificate_.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    extend(certificate, certificate_.get(), NID_ext_key_usage, "serverAuth");
    extend(certificate, certificate_.get(), NID_authority_key_identifier, "keyid");
    ::X509_sign(certificate, key_.get(), ::EVP_sha256());
    return {
        .certificate = pem_of(certificate) + pem_of(certificate_.get()), .key = pem_of(key.get())};
}

std::string protected_key(std::string const& key_pem) {
    auto* const in = ::BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
    Key const key{::PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr)};
    ::BIO_free(in);
    std::string word = "secret";
    auto* const out = ::BIO_new(::BIO_s_mem());
    ::PEM_write_bio_PrivateKey(
        out,
        key.get(),
        ::EVP_aes_128_cbc(),
        reinterpret_cast<unsigned char const*>(word.data()),
        static_cast<int>(word.size()),
        nullptr,
        nullptr
    );
    return text_of(out);
}

service::TlsFiles put(PemPair const& pair, std::filesystem::path const& folder) {
    service::TlsFiles const files{
        .certificate = folder / "server.pem", .key = folder / "server.key"};
    write_text_atomically(files.certificate, pair.certificate);
    write_text_atomically(files.key, pair.key);
    using std::filesystem::perms;
    std::filesystem::permissions(files.key, perms::owner_read | perms::owner_write);
    return files;
}

} // namespace stemlathe::test
