#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace stemlathe::test {

/// The client's end of TLS on a connected socket that blocks. It looks at no certificate: who wants
/// to know asks.
class RawTls {
  public:
    struct Wish {
        int version_min = 0; ///< TLS1_2_VERSION; 0: any
        int version_max = 0;
        std::string ciphers{};   ///< of 1.2 and older; empty: OpenSSL's own
        std::string protocols{}; ///< ALPN, each behind its length
        SSL_SESSION* session = nullptr;
    };

    /// Shakes hands. @throws std::system_error the server did not
    RawTls(int socket, Wish const& wish);

    /// @returns as recv() and send()
    [[nodiscard]] ssize_t receive(std::span<char> into);
    [[nodiscard]] ssize_t send(std::string_view bytes);
    /// close_notify.
    void finish();

    /// Whether the server's last word was close_notify.
    [[nodiscard]] bool was_finished() const;
    [[nodiscard]] std::string serial() const; ///< of the server's certificate
    [[nodiscard]] std::string protocol() const;

    [[nodiscard]] SSL* get() const noexcept {
        return tls_.get();
    }

  private:
    struct Free {
        void operator()(SSL* tls) const noexcept {
            ::SSL_free(tls);
        }
    };

    std::unique_ptr<SSL, Free> tls_{};
};

} // namespace stemlathe::test
