#include "service/tls/tls_context.hpp"

#include "kernels/base/failure.hpp"
#include "service/tls/openssl_words.hpp"

#include <openssl/ssl.h>

#include <string>
#include <string_view>

namespace stemlathe::service {

namespace {

constexpr char const* kCiphers12 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                   "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                   "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char const* kCiphers13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr char const* kGroups = "X25519:P-256:P-384";
constexpr std::string_view kHttp11 = "http/1.1";

/// RFC 7301: a client that speaks other protocols alone is told so (no_application_protocol).
int choose_http11(
    SSL* /*connection*/,
    unsigned char const** chosen,
    unsigned char* chosen_length,
    unsigned char const* offered,
    unsigned int offered_length,
    void* /*context*/
) noexcept {
    std::string_view list{reinterpret_cast<char const*>(offered), offered_length};
    while (!list.empty()) {
        auto const length = static_cast<unsigned char>(list.front());
        auto const name = list.substr(1, length);
        if (name == kHttp11) {
            *chosen = reinterpret_cast<unsigned char const*>(name.data());
            *chosen_length = length;
            return SSL_TLSEXT_ERR_OK;
        }
        list.remove_prefix(1 + name.size());
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void check(bool is_good, std::string_view what) {
    if (!is_good) {
        throw Failure{
            Code::internal, "OpenSSL does not take " + std::string{what} + ": " + openssl_words()};
    }
}

} // namespace

void FreeTlsContext::operator()(ssl_ctx_st* context) const noexcept {
    ::SSL_CTX_free(context);
}

TlsContext make_tls_context(Certificate const& certificate) {
    TlsContext made{::SSL_CTX_new(::TLS_server_method())};
    auto* const context = made.get();
    check(context != nullptr, "a new context");
    check(::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1, "a least version");
    check(::SSL_CTX_set_max_proto_version(context, 0) == 1, "a greatest version");
    check(::SSL_CTX_set_cipher_list(context, kCiphers12) == 1, "ciphers of TLS 1.2");
    check(::SSL_CTX_set_ciphersuites(context, kCiphers13) == 1, "ciphers of TLS 1.3");
    check(::SSL_CTX_set1_groups_list(context, kGroups) == 1, "groups");
    // A client that leaves without close_notify has left: bodies have their lengths, and what came
    // of an upload is kept, as on a plain connection.
    ::SSL_CTX_set_options(
        context,
        SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_COMPRESSION |
            SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF
    );
    // A connection that waits holds no buffers; what is written again may have moved.
    ::SSL_CTX_set_mode(
        context,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
            SSL_MODE_RELEASE_BUFFERS
    );
    ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); // tickets need none
    ::SSL_CTX_set_alpn_select_cb(context, choose_http11, nullptr);
    certificate.give_to(*context);
    return made;
}

} // namespace stemlathe::service
