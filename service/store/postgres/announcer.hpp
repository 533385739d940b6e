#pragma once

#include "service/store/postgres/postgres_address.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace stemlathe::service {

class PostgresConnection;

/// Tells the other processes that share a PostgreSQL that something was committed, and hears it
/// from them: LISTEN and NOTIFY on a connection and a thread of its own, with a look at the newest
/// event each second for what a lost connection kept from us.
class Announcer {
  public:
    /// @param heard  called on the announcer's thread: there may be work, or events
    Announcer(std::string const& url, std::function<void()> heard);
    Announcer(Announcer const&) = delete;
    Announcer& operator=(Announcer const&) = delete;
    ~Announcer();

    /// From when it returns nothing is heard or announced.
    void stop();

    /// After a commit; any thread. It does not wait, and it is announced at most 20 times a second:
    /// a NOTIFY takes a lock that all databases of the server share.
    void announce() noexcept;

  private:
    using Clock = std::chrono::steady_clock;

    void run(std::stop_token const& stop);
    void serve(PostgresConnection& connection, std::stop_token const& stop);
    void announce_to(PostgresConnection& connection);
    void look_for_events(PostgresConnection& connection);
    void wait(int socket, std::chrono::milliseconds time) const;

    PostgresAddress address_;
    std::function<void()> heard_;
    int bell_ = -1; ///< an eventfd: something is to be announced, or it is time to go
    std::atomic<bool> is_news_ = false;
    std::int64_t newest_event_ = 0;
    Clock::time_point announced_{};
    std::jthread thread_; ///< the last, so that the rest outlives it
};

} // namespace stemlathe::service
