#include "service/http/wire.hpp"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace stemlathe::service {

namespace {

/// @param count   what the system call gave
/// @param waits   for what, where it would have blocked
WireStep step_of(ssize_t count, WireStep::State waits) noexcept {
    if (count > 0) {
        return {.state = WireStep::State::done, .bytes = static_cast<std::size_t>(count)};
    }
    return {.state = count < 0 && errno == EAGAIN ? waits : WireStep::State::over};
}

/// Takes a system call again that a signal has ended.
template <typename Call>
ssize_t uninterrupted(Call const& call) noexcept {
    ssize_t count = -1;
    do {
        count = call();
    } while (count < 0 && errno == EINTR);
    return count;
}

class PlainWire final : public Wire {
  public:
    explicit PlainWire(int socket) noexcept : socket_(socket) {}

    [[nodiscard]] bool is_secure() const noexcept override {
        return false;
    }

    [[nodiscard]] WireStep greet() noexcept override {
        return {.state = WireStep::State::done};
    }

    [[nodiscard]] WireStep read(std::span<char> into) noexcept override {
        return received(into, MSG_DONTWAIT);
    }

    [[nodiscard]] WireStep look() noexcept override {
        char next = 0;
        return received({&next, 1}, MSG_DONTWAIT | MSG_PEEK);
    }

    [[nodiscard]] bool has_input() const noexcept override {
        return false;
    }

    [[nodiscard]] WireStep write(std::string_view bytes, bool has_more) noexcept override {
        int const flags = MSG_DONTWAIT | MSG_NOSIGNAL | (has_more ? MSG_MORE : 0);
        auto const count =
            uninterrupted([&] { return ::send(socket_, bytes.data(), bytes.size(), flags); });
        return step_of(count, WireStep::State::wants_write);
    }

    [[nodiscard]] WireStep
    send_file(int file, std::int64_t offset, std::size_t bytes) noexcept override {
        off_t place = offset;
        auto const count = uninterrupted([&] {
            return ::sendfile(socket_, file, &place, std::min(bytes, kFilePieceBytesMax));
        });
        return step_of(count, WireStep::State::wants_write);
    }

    void finish() noexcept override {
        ::shutdown(socket_, SHUT_WR);
    }

  private:
    [[nodiscard]] WireStep received(std::span<char> into, int flags) const noexcept {
        auto const count =
            uninterrupted([&] { return ::recv(socket_, into.data(), into.size(), flags); });
        return step_of(count, WireStep::State::wants_read);
    }

    int socket_;
};

} // namespace

std::unique_ptr<Wire> plain_wire(int socket) {
    return std::make_unique<PlainWire>(socket);
}

} // namespace stemlathe::service
