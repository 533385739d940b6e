#pragma once

#include "service/http/wire.hpp"
#include "service/tls/certificate.hpp"

#include <memory>

namespace stemlathe::service {

struct FreeTlsContext {
    void operator()(ssl_ctx_st* context) const noexcept;
};

using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTlsContext>;

/// How this server speaks TLS: 1.2 and 1.3, forward secrecy and authenticated ciphers alone, no
/// compression, no renegotiation, HTTP/1.1 where the client lets choose (ALPN), tickets that end
/// with the context.
/// Source: Mozilla, Server Side TLS 5.7, "intermediate", without DHE, which no browser needs.
/// @throws Failure{invalid_argument} OpenSSL does not take the certificate; {internal}
[[nodiscard]] TlsContext make_tls_context(Certificate const& certificate);

/// The server's end of an encrypted connection. The context may go before it.
/// @throws std::bad_alloc
[[nodiscard]] std::unique_ptr<Wire> tls_wire(ssl_ctx_st& context, int socket);

} // namespace stemlathe::service
