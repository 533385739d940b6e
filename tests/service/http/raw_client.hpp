#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
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

class RawClient {
  public:
    /// @param from  the address to come from, of the loopback network
    explicit RawClient(std::uint16_t port, char const* from = "127.0.0.1");
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient();

    /// @returns false: the server has closed
    bool send(std::string_view bytes);
    /// Says that nothing more will be sent.
    void finish_sending();
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
    /// What comes until the server closes, or 10 s of silence (then `has_ended` is false).
    [[nodiscard]] std::string rest();

    [[nodiscard]] bool has_ended() const noexcept {
        return has_ended_;
    }

  private:
    bool receive();

    int socket_ = -1;
    bool has_ended_ = false;
    std::string received_{};
};

} // namespace stemlathe::test
