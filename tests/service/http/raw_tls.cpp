#include "tests/service/http/raw_tls.hpp"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace stemlathe::test {

namespace {

struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept {
        ::SSL_CTX_free(context);
    }
};

ssize_t count_of(SSL* tls, int result) {
    if (result > 0) {
        return result;
    }
    auto const error = ::SSL_get_error(tls, result);
    ::ERR_clear_error();
    if (error == SSL_ERROR_ZERO_RETURN) {
        return 0;
    }
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
    return -1;
}

} // namespace

RawTls::RawTls(int socket, Wish const& wish) {
    // OpenSSL writes to a socket that may be closed.
    static auto const before = std::signal(SIGPIPE, SIG_IGN);
    static_cast<void>(before);
    std::unique_ptr<SSL_CTX, FreeContext> const context{::SSL_CTX_new(::TLS_client_method())};
    SSL_CTX_set_min_proto_version(context.get(), wish.version_min);
    SSL_CTX_set_max_proto_version(context.get(), wish.version_max);
    if (!wish.ciphers.empty()) {
        ::SSL_CTX_set_cipher_list(context.get(), wish.ciphers.c_str());
    }
    tls_.reset(::SSL_new(context.get()));
    auto const* const protocols = reinterpret_cast<unsigned char const*>(wish.protocols.data());
    ::SSL_set_alpn_protos(tls_.get(), protocols, static_cast<unsigned>(wish.protocols.size()));
    if (wish.session != nullptr) {
        ::SSL_set_session(tls_.get(), wish.session);
    }
    ::SSL_set_fd(tls_.get(), socket);
    ::ERR_clear_error();
    if (::SSL_connect(tls_.get()) != 1) {
        auto const* const words = ::ERR_reason_error_string(::ERR_peek_error());
        std::string const said = words != nullptr ? words : "the server has closed";
        ::ERR_clear_error();
        throw std::system_error{ECONNRESET, std::generic_category(), said};
    }
}

ssize_t RawTls::receive(std::span<char> into) {
    ::ERR_clear_error();
    return count_of(tls_.get(), ::SSL_read(tls_.get(), into.data(), static_cast<int>(into.size())));
}

ssize_t RawTls::send(std::string_view bytes) {
    ::ERR_clear_error();
    auto const most = static_cast<int>(std::min(bytes.size(), std::size_t{1} << 20U));
    return count_of(tls_.get(), ::SSL_write(tls_.get(), bytes.data(), most));
}

void RawTls::finish() {
    ::SSL_shutdown(tls_.get());
    ::ERR_clear_error();
}

bool RawTls::was_finished() const {
    return (::SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string RawTls::serial() const {
    auto* const certificate = ::SSL_get0_peer_certificate(tls_.get());
    return std::to_string(::ASN1_INTEGER_get(::X509_get0_serialNumber(certificate)));
}

std::string RawTls::protocol() const {
    unsigned char const* name = nullptr;
    unsigned length = 0;
    ::SSL_get0_alpn_selected(tls_.get(), &name, &length);
    return {reinterpret_cast<char const*>(name), length};
}

} // namespace stemlathe::test
