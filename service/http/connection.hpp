#pragma once

#include "service/http/body.hpp"
#include "service/http/hub.hpp"
#include "service/http/message.hpp"
#include "service/http/pace.hpp"
#include "service/http/policy.hpp"
#include "service/http/wire.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stemlathe::service {

class Interrupt;

/// One client's connection, from its first byte to its last: requests one after the other. A
/// connection that waits for its next request holds no buffer.
/// Reads and writes are steps on a wire between waits for readiness, so the coroutines wait in
/// three places only: ready(), doze() and run_on().
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr Clock::time_point kNever = Clock::time_point::max(); ///< no deadline
    template <typename T>
    using Task = boost::asio::awaitable<T>;
    using Socket = boost::asio::ip::tcp::socket;

    /// @param wire            over `socket`
    /// @param is_turned_away  answer 503 and end: there is no room
    Connection(
        Hub& hub, Socket socket, std::unique_ptr<Wire> wire, std::string peer, bool is_turned_away
    );

    /// Lives until the last byte; enters and leaves the hub.
    static void start(std::shared_ptr<Connection> const& connection);

    [[nodiscard]] std::string const& peer() const noexcept {
        return peer_;
    }

    [[nodiscard]] bool is_turned_away() const noexcept {
        return is_turned_away_;
    }

    void expire_at(Clock::time_point now);
    /// Rings the bell of a connection that dozes.
    void wake() noexcept;
    /// Ends the reading of the body that `interrupt` belongs to.
    void interrupt(Interrupt const& interrupt);
    /// The server stops: ends what need not be waited for.
    void call_off();
    /// Ends at once.
    void cut();

  private:
    /// What the connection is at, as far as stopping and interrupting must know.
    enum class Phase : std::uint8_t { idle, busy, upload, asleep };

    Task<void> serve();
    /// Agrees on keys where the wire has any. @returns whether requests may come
    Task<bool> greet();
    Task<void> refuse_plain_http();
    Task<void> turn_away();
    void begin_request();
    /// @returns whether another request may follow
    Task<bool> serve_request();
    /// @returns nothing and leaves `head_end_` 0 where the client left
    Task<std::optional<Refusal>> read_head();
    std::optional<Refusal> read_request(HeadFacts const& facts);
    Task<bool> exchange(HeadFacts const& facts);
    Task<bool> refuse(Refusal const& refusal);
    /// Asks on the application thread until it need not wait; nothing when the client left.
    Task<std::optional<Response>> ask(std::function<Response()> const& question);
    /// Completes an answer that comes later.
    Task<void> wait_for(Response& response);

    Task<bool> invite(bool expects_continue);
    /// @returns nothing also where the client left (`has_left_`)
    Task<std::optional<Refusal>> read_whole_body(std::size_t bytes_max);
    Task<std::optional<Response>> read_into(std::unique_ptr<BodySink>& sink);
    Task<bool> pump(BodySink& sink);
    std::size_t take_input(std::span<char> into);

    /// @returns whether another request may follow
    Task<bool> send_response(Response& response, bool keeps_alive);
    /// These: whether all of it went out.
    /// @param has_more  what follows may travel in the same packet
    Task<bool> send_text(std::string_view text, bool has_more, Pace& pace);
    Task<bool> send_file(FileBody const& file, Pace& pace);
    Task<bool> send_source(BodySource& source, Pace& pace);
    Task<bool> send_events(EventFeed& feed);
    Task<void> linger();

    /// Waits until the socket can be read or written. @returns false: give up (deadline, stop,
    /// error)
    Task<bool> ready(Socket::wait_type what);
    Task<bool> ready_for(WireStep step);
    /// @returns the number of bytes; 0: no more will come
    Task<std::size_t> receive(std::span<char> into);
    /// Sleeps until a wake-up after `seen`, until `until`, or the client leaves.
    Task<void> doze(std::uint64_t seen, Clock::time_point until);
    void watch();
    void set_deadline(Clock::time_point deadline) noexcept;
    [[nodiscard]] bool must_give_up() const noexcept;
    void abort_waits() noexcept;

    Hub& hub_;
    Socket socket_;
    std::unique_ptr<Wire> wire_;
    std::string peer_;
    bool is_turned_away_;
    Phase phase_ = Phase::idle;
    Clock::time_point deadline_ = Clock::time_point::max();
    bool is_expired_ = false;
    bool is_called_off_ = false; ///< the read, doze or stream under way shall end
    bool is_cut_ = false;
    bool has_left_ = false; ///< the client, seen while it was watched
    bool is_watching_ = false;
    std::string input_{}; ///< received and not used yet
    std::size_t head_end_ = 0;
    std::int64_t body_left_ = 0; ///< bytes of the request's body that were not taken yet
    bool must_linger_ = false;   ///< the last response may be lost by closing at once
    bool must_reset_ = false;    ///< the kernel shall not go on sending to who reads too slowly
    std::unique_ptr<Request> request_{};
    std::shared_ptr<Interrupt> interrupt_{}; ///< of the sink that is being filled
    std::optional<boost::asio::steady_timer> bell_{};
};

} // namespace stemlathe::service
