#include "service/http/connection.hpp"

#include "service/http/threads.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

namespace stemlathe::service {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kSpeakTls =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 63\r\nConnection: close\r\n\r\n"
    "This port speaks HTTPS; ask again with an address of https://.\n";

} // namespace

Connection::Connection(
    Hub& hub, Socket socket, std::unique_ptr<Wire> wire, std::string peer, bool is_turned_away
)
    : hub_(hub),
      socket_(std::move(socket)),
      wire_(std::move(wire)),
      peer_(std::move(peer)),
      is_turned_away_(is_turned_away) {}

void Connection::start(std::shared_ptr<Connection> const& connection) {
    auto& hub = connection->hub_;
    hub.enter(connection);
    auto on_end = [&hub, connection](std::exception_ptr const&) {
        // Whatever went wrong (only memory can run out) ends this connection and no other.
        boost::system::error_code ignored;
        if (connection->must_reset_ || connection->is_cut_) {
            connection->socket_.set_option(Socket::linger{true, 0}, ignored);
        }
        connection->socket_.close(ignored);
        hub.leave(connection);
    };
    asio::co_spawn(hub.io, connection->serve(), std::move(on_end));
}

Connection::Task<void> Connection::serve() {
    bool goes_on = co_await greet();
    if (goes_on && is_turned_away_) {
        co_await turn_away();
        goes_on = false;
    }
    while (goes_on) {
        goes_on = co_await serve_request();
    }
    if (must_linger_) {
        co_await linger();
    } else if (!must_reset_ && !is_cut_) {
        wire_->finish();
    }
}

Connection::Task<bool> Connection::greet() {
    set_deadline(Clock::now() + hub_.settings.limits.handshake_time);
    auto step = wire_->greet();
    while (step.is_waiting()) {
        bool const is_ready = co_await ready_for(step);
        step = is_ready ? wire_->greet() : WireStep{};
    }
    set_deadline(kNever);
    if (step.state == WireStep::State::plain_http) {
        co_await refuse_plain_http();
    }
    co_return step.state == WireStep::State::done;
}

Connection::Task<void> Connection::refuse_plain_http() {
    wire_ = plain_wire(socket_.native_handle());
    Pace pace{hub_.settings.limits, Clock::now()};
    must_linger_ = co_await send_text(kSpeakTls, false, pace);
}

void Connection::set_deadline(Clock::time_point deadline) noexcept {
    deadline_ = deadline;
    is_expired_ = false;
}

bool Connection::must_give_up() const noexcept {
    return is_cut_ || is_expired_ || is_called_off_;
}

void Connection::abort_waits() noexcept {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    wake();
}

void Connection::expire_at(Clock::time_point now) {
    if (now >= deadline_ && !is_expired_) {
        is_expired_ = true;
        abort_waits();
    }
}

void Connection::wake() noexcept {
    if (bell_) {
        boost::system::error_code ignored;
        bell_->cancel(ignored);
    }
}

void Connection::interrupt(Interrupt const& interrupt) {
    if (interrupt_.get() == &interrupt) {
        is_called_off_ = true;
        abort_waits();
    }
}

void Connection::call_off() {
    if (phase_ != Phase::busy) {
        is_called_off_ = phase_ != Phase::asleep; // who sleeps looks around himself
        abort_waits();
    }
}

void Connection::cut() {
    is_cut_ = true;
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
    abort_waits();
}

Connection::Task<bool> Connection::ready(Socket::wait_type what) {
    if (must_give_up()) {
        co_return false;
    }
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket_.async_wait(what, token);
    co_return !error && !must_give_up();
}

Connection::Task<bool> Connection::ready_for(WireStep step) {
    auto const what =
        step.state == WireStep::State::wants_write ? Socket::wait_write : Socket::wait_read;
    co_return co_await ready(what);
}

Connection::Task<std::size_t> Connection::receive(std::span<char> into) {
    while (!must_give_up()) {
        auto const step = wire_->read(into);
        if (step.state == WireStep::State::done) {
            co_return step.bytes;
        }
        if (!step.is_waiting()) {
            break;
        }
        co_await ready_for(step);
    }
    co_return 0;
}

Connection::Task<void> Connection::doze(std::uint64_t seen, Clock::time_point until) {
    watch();
    if (has_left_ || is_cut_ || hub_.is_stopping() || hub_.wakes() != seen) {
        co_return;
    }
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    bell_.emplace(hub_.io, until);
    hub_.fall_asleep(*this);
    phase_ = Phase::asleep;
    co_await bell_->async_wait(token);
    phase_ = Phase::busy;
    hub_.get_up(*this);
    bell_.reset();
}

void Connection::watch() {
    if (std::exchange(is_watching_, true)) {
        return;
    }
    socket_.async_wait(
        Socket::wait_read,
        [self = shared_from_this()](boost::system::error_code error) {
            self->is_watching_ = false;
            // Who is awake may have the wire on another thread, and watches again before he dozes.
            if (error || self->phase_ != Phase::asleep) {
                return;
            }
            auto const step = self->wire_->look();
            if (step.state == WireStep::State::over) {
                self->has_left_ = true;
                self->wake();
            } else if (step.is_waiting()) { // what came was no byte of a request
                self->watch();
            }
        }
    );
}

Connection::Task<void> Connection::linger() {
    // Closing a socket with unread input resets the connection, and the client may lose the
    // response (RFC 9112, 9.6).
    is_called_off_ = false;
    set_deadline(Clock::now() + hub_.settings.limits.linger_time);
    wire_->finish();
    wire_ = plain_wire(socket_.native_handle()); // what still comes is thrown away as it is
    std::size_t count = 1;
    while (count > 0) {
        count = co_await receive(hub_.scratch);
    }
    set_deadline(kNever);
}

} // namespace stemlathe::service
