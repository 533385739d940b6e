#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace stemlathe::service {

/// What came of one step on a wire.
struct WireStep {
    enum class State : std::uint8_t {
        done,        ///< bytes have moved, or the greeting is over
        wants_read,  ///< again when the socket can be read
        wants_write, ///< again when the socket can be written
        over,        ///< nothing more will come, or can go
        plain_http   ///< of greet(): the client speaks, but not encrypted
    };

    State state = State::over;
    std::size_t bytes = 0; ///< that have moved

    [[nodiscard]] bool is_waiting() const noexcept {
        return state == State::wants_read || state == State::wants_write;
    }
};

/// How bytes go over a socket that does not block: as they are, or encrypted. No step waits for the
/// peer; what a step wants is waited for elsewhere, and then the same step is taken again. One
/// thread at a time.
class Wire {
  public:
    Wire() = default;
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;
    virtual ~Wire() = default;

    [[nodiscard]] virtual bool is_secure() const noexcept = 0;
    /// Agrees on keys, where there are any; before every other step.
    [[nodiscard]] virtual WireStep greet() noexcept = 0;
    /// @param into  not empty
    [[nodiscard]] virtual WireStep read(std::span<char> into) noexcept = 0;
    /// Takes nothing. done: read() would give bytes; over: the client has left; else neither.
    [[nodiscard]] virtual WireStep look() noexcept = 0;
    /// Whether bytes have left the socket that read() has not given yet.
    [[nodiscard]] virtual bool has_input() const noexcept = 0;
    /// @param bytes     not empty. Taken again after waiting, it begins with the same ones
    /// @param has_more  what follows may travel in the same packet
    [[nodiscard]] virtual WireStep write(std::string_view bytes, bool has_more) noexcept = 0;
    /// Sends up to 1 MiB of a file. It may wait for the disk. over: also where the file is shorter.
    [[nodiscard]] virtual WireStep
    send_file(int file, std::int64_t offset, std::size_t bytes) noexcept = 0;
    /// Says that nothing more will be sent.
    virtual void finish() noexcept = 0;
};

inline constexpr std::size_t kFilePieceBytesMax = 1'048'576; ///< of one send_file()

/// Bytes as they are. The socket stays its owner's.
[[nodiscard]] std::unique_ptr<Wire> plain_wire(int socket);

} // namespace stemlathe::service
