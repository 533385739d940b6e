#include "service/tls/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <new>

namespace stemlathe::service {

namespace {

using State = WireStep::State;

struct FreeTls {
    void operator()(SSL* tls) const noexcept {
        ::SSL_free(tls);
    }
};

int int_of(std::size_t bytes) noexcept {
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
    return static_cast<int>(std::min(bytes, kMost));
}

class TlsWire final : public Wire {
  public:
    TlsWire(ssl_ctx_st& context, int socket) : tls_(::SSL_new(&context)), socket_(socket) {
        if (!tls_ || ::SSL_set_fd(tls_.get(), socket) != 1) {
            ::ERR_clear_error();
            throw std::bad_alloc{};
        }
        ::SSL_set_accept_state(tls_.get());
    }

    [[nodiscard]] bool is_secure() const noexcept override {
        return true;
    }

    [[nodiscard]] WireStep greet() noexcept override {
        ::ERR_clear_error();
        auto const result = ::SSL_do_handshake(tls_.get());
        bool const is_http =
            result <= 0 && ::ERR_GET_REASON(::ERR_peek_error()) == SSL_R_HTTP_REQUEST;
        auto const step = step_of(result);
        return is_http ? WireStep{.state = State::plain_http} : step;
    }

    /// One record has 16 KiB at most: takes as many as there are.
    [[nodiscard]] WireStep read(std::span<char> into) noexcept override {
        std::size_t taken = 0;
        WireStep step{.state = State::done};
        while (step.state == State::done && taken < into.size()) {
            auto const room = into.subspan(taken);
            ::ERR_clear_error();
            step = step_of(::SSL_read(tls_.get(), room.data(), int_of(room.size())));
            taken += step.bytes;
        }
        return taken > 0 ? WireStep{.state = State::done, .bytes = taken} : step;
    }

    [[nodiscard]] WireStep look() noexcept override {
        char next = 0;
        ::ERR_clear_error();
        return step_of(::SSL_peek(tls_.get(), &next, 1));
    }

    [[nodiscard]] bool has_input() const noexcept override {
        return ::SSL_pending(tls_.get()) > 0;
    }

    [[nodiscard]] WireStep write(std::string_view bytes, bool /*has_more*/) noexcept override {
        ::ERR_clear_error();
        return step_of(::SSL_write(tls_.get(), bytes.data(), int_of(bytes.size())));
    }

    /// What is written again after waiting is read again: OpenSSL holds the record that waits, and
    /// wants only to be given as many bytes.
    [[nodiscard]] WireStep
    send_file(int file, std::int64_t offset, std::size_t bytes) noexcept override {
        std::size_t sent = 0;
        auto const wanted = std::min(bytes, kFilePieceBytesMax);
        WireStep step{.state = State::done};
        while (step.state == State::done && sent < wanted) {
            step = send_piece(file, offset + static_cast<std::int64_t>(sent), wanted - sent, step);
            sent += step.bytes;
        }
        return sent > 0 ? WireStep{.state = State::done, .bytes = sent} : step;
    }

    void finish() noexcept override {
        if (!is_broken_ && ::SSL_is_init_finished(tls_.get()) == 1) {
            ::ERR_clear_error();
            ::SSL_shutdown(tls_.get()); // close_notify; the peer's own is not waited for
            ::ERR_clear_error();
        }
        ::shutdown(socket_, SHUT_WR);
    }

  private:
    /// Sends what one read of the file gives.
    [[nodiscard]] WireStep
    send_piece(int file, std::int64_t offset, std::size_t bytes, WireStep step) noexcept {
        std::array<char, 65'536> piece; // NOLINT(*-member-init): it is about to be read into
        auto const count = ::pread(file, piece.data(), std::min(bytes, piece.size()), offset);
        if (count <= 0) { // shorter than was promised, or broken
            return {};
        }
        std::string_view text{piece.data(), static_cast<std::size_t>(count)};
        std::size_t sent = 0;
        while (step.state == State::done && !text.empty()) {
            step = write(text, true);
            text.remove_prefix(step.bytes);
            sent += step.bytes;
        }
        step.bytes = sent;
        return step;
    }

    /// @param result  of the OpenSSL call just made; its errors have been empty before
    [[nodiscard]] WireStep step_of(int result) noexcept {
        if (result > 0) {
            return {.state = State::done, .bytes = static_cast<std::size_t>(result)};
        }
        switch (::SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {.state = State::wants_read};
        case SSL_ERROR_WANT_WRITE:
            return {.state = State::wants_write};
        case SSL_ERROR_ZERO_RETURN:
            return {};
        default:
            is_broken_ = true; // nothing may be asked of it any more, close_notify included
            ::ERR_clear_error();
            return {};
        }
    }

    std::unique_ptr<SSL, FreeTls> tls_;
    int socket_;
    bool is_broken_ = false;
};

} // namespace

std::unique_ptr<Wire> tls_wire(ssl_ctx_st& context, int socket) {
    return std::make_unique<TlsWire>(context, socket);
}

} // namespace stemlathe::service
