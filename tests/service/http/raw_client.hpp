#pragma once

#include "tests/service/http/raw_tls.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// A client that sends exactly the bytes it is told to.
namespace stemlathe::test {

struct RawResponse {
    int status = 0;                              ///< 0: the connection ended before a response
    std::map<std::string, std::string> fields{}; ///< by lower-case name
    std::string body{};

    [[nodiscard]] std::string field(std::string const& name) const;
};

/// How bytes travel.
enum class Road { plain, tls };

class RawClient {
  public:
    /// @param from  the address to come from, of the loopback network
    /// @throws std::system_error nobody listens, or shakes hands
    explicit RawClient(std::uint16_t port, char const* from = "127.0.0.1", Road road = Road::plain);
    RawClient(std::uint16_t port, RawTls::Wish const& wish);
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient();

    /// @returns false: the server has closed
    bool send(std::string_view bytes);
    /// Says that nothing more will be sent.
    void finish_sending();
    /// Ends its half of the connection as somebody who does not know TLS would.
    void break_off();
    /// Closes with a reset, as a machine that has lost its cable looks later on.
    void vanish();
    /// Makes the kernel take few bytes on behalf of this client. Before anything is sent.
    void shrink_receive_buffer();

    /// Reads one response; interim ones (100) are responses too.
    /// @param has_body  false: for HEAD
    [[nodiscard]] RawResponse response(bool has_body = true);
    [[nodiscard]] RawResponse get(std::string_view path);
    /// Reads until `text` has come. @returns what came; ends without it when the server closes
    [[nodiscard]] std::string read_until(std::string_view text);
    /// Takes at least as many bytes from the network; they are still there for the others.
    void read_bytes(std::size_t bytes);
    /// What comes until the server closes, or 10 s of silence (then `has_ended` is false).
    [[nodiscard]] std::string rest();

    /// None on a plain road.
    [[nodiscard]] RawTls& tls() const noexcept {
        return *tls_;
    }

    [[nodiscard]] bool has_ended() const noexcept {
        return has_ended_;
    }

  private:
    struct Fresh {
        int socket = -1;
    };

    /// What fails after this one closes the socket.
    explicit RawClient(Fresh fresh) noexcept : socket_(fresh.socket) {}

    void shake_hands(RawTls::Wish const& wish);
    bool receive();

    int socket_ = -1;
    std::unique_ptr<RawTls> tls_{};
    bool has_ended_ = false;
    std::string received_{};
};

} // namespace stemlathe::test
