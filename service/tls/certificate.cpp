#include "service/tls/certificate.hpp"

#include "kernels/base/failure.hpp"
#include "service/tls/openssl_words.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::size_t kPemBytesMax = std::size_t{1} << 20U;
/// NIST SP 800-57, table 2: what RSA of 2048 bits and elliptic curves of 224 come to.
constexpr int kSecurityBitsMin = 112;

struct FreeBio {
    void operator()(BIO* bio) const noexcept {
        ::BIO_free(bio);
    }
};

using Bio = std::unique_ptr<BIO, FreeBio>;

/// A file that `[tls]` names, under the key that names it.
struct NamedFile {
    std::filesystem::path path{};
    std::string_view key{};

    /// @param saying  what comes after "PATH, which [tls] KEY names, "
    [[nodiscard]] Failure wrong(std::string_view saying, Code code = Code::invalid_argument) const {
        return Failure{
            code, fmt::format("{}, which [tls] {} names, {}", path.string(), key, saying)}
            .about_file(path.string())
            .about_key(fmt::format("tls.{}", key));
    }
};

struct PemFile {
    std::string text{};
    mode_t mode = 0;
};

[[noreturn]] void throw_unreadable(NamedFile const& file, int error) {
    if (error == ENOENT || error == ENOTDIR) {
        throw file.wrong("is not there; put it there or name another", Code::not_found);
    }
    if (error == EACCES || error == EPERM) {
        throw file.wrong(fmt::format(
            "cannot be read by the user that this runs as ({}); copy it to where he may read it "
            "(install -o root -g stemlathe -m 0640)",
            ::geteuid()
        ));
    }
    throw file.wrong(fmt::format("cannot be read: {}", std::generic_category().message(error)));
}

PemFile read_pem(NamedFile const& file) {
    int const descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        throw_unreadable(file, errno);
    }

    struct stat about {};

    ::fstat(descriptor, &about);
    PemFile pem{.mode = about.st_mode};
    std::array<char, 65'536> piece{};
    ssize_t count = 1;
    int error = 0;
    while (count > 0 && pem.text.size() <= kPemBytesMax) {
        count = ::read(descriptor, piece.data(), piece.size());
        error = count < 0 ? errno : 0;
        pem.text.append(piece.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    ::close(descriptor);
    if (error != 0) {
        throw_unreadable(file, error);
    }
    if (pem.text.size() > kPemBytesMax) {
        throw file.wrong("is larger than 1 MiB; that is no file of certificates");
    }
    return pem;
}

Bio bio_of(PemFile const& pem) {
    Bio bio{::BIO_new_mem_buf(pem.text.data(), static_cast<int>(pem.text.size()))};
    if (!bio) {
        throw Failure{Code::out_of_memory, "this machine's memory is full"};
    }
    return bio;
}

/// Nobody is there to type a passphrase in.
int refuse_passphrase(char*, int, int, void* was_asked) noexcept {
    *static_cast<bool*>(was_asked) = true;
    return -1;
}

EVP_PKEY* read_key(NamedFile const& file, PemFile const& pem) {
    bool was_asked = false;
    auto const bio = bio_of(pem);
    auto* const key = ::PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, &was_asked);
    ::ERR_clear_error();
    if (key == nullptr && was_asked) {
        throw file.wrong(fmt::format(
            "is protected by a passphrase, which nobody is there to give; take it off: openssl "
            "pkey -in {} -out plain.pem",
            file.path.string()
        ));
    }
    if (key == nullptr) {
        throw file.wrong("holds no private key in PEM (-----BEGIN PRIVATE KEY-----)");
    }
    return key;
}

std::int64_t seconds_of(ASN1_TIME const* time) noexcept {
    std::tm parts{};
    ::ASN1_TIME_to_tm(time, &parts);
    return ::timegm(&parts);
}

std::string serial_of(X509 const* certificate) {
    auto* const number = ::ASN1_INTEGER_to_BN(::X509_get0_serialNumber(certificate), nullptr);
    auto* const text = ::BN_bn2hex(number);
    std::string serial = text != nullptr ? text : "";
    ::OPENSSL_free(text);
    ::BN_free(number);
    return serial;
}

std::string subject_of(X509 const* certificate) {
    Bio const bio{::BIO_new(::BIO_s_mem())};
    char* text = nullptr;
    ::X509_NAME_print_ex(bio.get(), ::X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
    auto const length = ::BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

std::string pin_of(X509* certificate) {
    unsigned char* bytes = nullptr;
    auto const length = ::i2d_X509_PUBKEY(::X509_get_X509_PUBKEY(certificate), &bytes);
    std::array<unsigned char, 32> hash{};
    ::EVP_Digest(
        bytes, static_cast<std::size_t>(length), hash.data(), nullptr, ::EVP_sha256(), nullptr
    );
    ::OPENSSL_free(bytes);
    std::array<unsigned char, 45> text{}; // 32 bytes in base64, and the NUL that OpenSSL adds
    auto const written = ::EVP_EncodeBlock(text.data(), hash.data(), static_cast<int>(hash.size()));
    return "sha256//" + std::string{text.begin(), text.begin() + written};
}

CertificateFacts facts_of(X509* certificate) {
    return {
        .serial = serial_of(certificate),
        .subject = subject_of(certificate),
        .from_s = seconds_of(::X509_get0_notBefore(certificate)),
        .until_s = seconds_of(::X509_get0_notAfter(certificate)),
        .key_pin = pin_of(certificate)};
}

std::string day_text(std::int64_t at_s) {
    return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(static_cast<std::time_t>(at_s)));
}

} // namespace

std::string time_warning(CertificateFacts const& facts, std::int64_t now_s) {
    auto const name = fmt::format("the certificate of {} (serial {})", facts.subject, facts.serial);
    if (now_s > facts.until_s) {
        return fmt::format(
            "{} expired on {}; clients refuse it: renew it", name, day_text(facts.until_s)
        );
    }
    if (now_s < facts.from_s) {
        return fmt::format(
            "{} is not valid before {}; clients refuse it: is this machine's clock right?",
            name,
            day_text(facts.from_s)
        );
    }
    auto const left_s = facts.until_s - now_s;
    if (left_s < kWarnBefore_s) {
        return fmt::format(
            "{} expires on {}, in {} days; renew it", name, day_text(facts.until_s), left_s / kDay_s
        );
    }
    return {};
}

void Certificate::Free::operator()(x509_st* certificate) const noexcept {
    ::X509_free(certificate);
}

void Certificate::Free::operator()(evp_pkey_st* key) const noexcept {
    ::EVP_PKEY_free(key);
}

Certificate::Certificate(TlsFiles const& files) : file_(files.certificate) {
    NamedFile const certificate_file{.path = files.certificate, .key = "certificate"};
    NamedFile const key_file{.path = files.key, .key = "key"};
    auto const pem = read_pem(certificate_file);
    auto const bio = bio_of(pem);
    while (auto* const next = ::PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        chain_.emplace_back(next);
    }
    auto const end = ::ERR_GET_REASON(::ERR_peek_last_error());
    auto const words = openssl_words();
    if (end != PEM_R_NO_START_LINE) { // what ends the last one
        throw certificate_file.wrong(fmt::format("is broken: {}", words));
    }
    if (chain_.empty()) {
        throw certificate_file.wrong("holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    }
    auto const key_pem = read_pem(key_file);
    key_.reset(read_key(key_file, key_pem));
    if (::X509_check_private_key(chain_.front().get(), key_.get()) != 1) {
        ::ERR_clear_error();
        throw key_file.wrong(fmt::format(
            "is not the key of the certificate in {}; give the one that it was made with, and the "
            "server's own certificate before those that vouch for it",
            files.certificate.string()
        ));
    }
    if (::EVP_PKEY_get_security_bits(key_.get()) < kSecurityBitsMin) {
        throw key_file.wrong(fmt::format(
            "is too weak with {} bits; make one of RSA with 2048 bits or more, or of P-256",
            ::EVP_PKEY_get_bits(key_.get())
        ));
    }
    facts_ = facts_of(chain_.front().get());
    if ((key_pem.mode & (S_IROTH | S_IWOTH)) != 0) {
        key_warning_ = fmt::format(
            "{} can be read by every user of this machine, and with it whoever has it can be this "
            "server; chmod o= {}",
            files.key.string(),
            files.key.string()
        );
    }
}

void Certificate::give_to(ssl_ctx_st& context) const {
    auto* const others = sk_X509_new_null();
    for (std::size_t i = 1; i < chain_.size(); ++i) {
        sk_X509_push(others, chain_[i].get());
    }
    constexpr int kReplace = 1;
    auto const taken =
        ::SSL_CTX_use_cert_and_key(&context, chain_.front().get(), key_.get(), others, kReplace);
    sk_X509_free(others); // the stack alone: the context has counted the certificates
    if (taken != 1) {
        NamedFile const file{.path = file_, .key = "certificate"};
        throw file.wrong(fmt::format("cannot be used: {}", openssl_words()));
    }
}

} // namespace stemlathe::service
