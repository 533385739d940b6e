#include "service/store/postgres/announcer.hpp"

#include "kernels/base/failure.hpp"
#include "service/store/postgres/postgres_connection.hpp"
#include "service/store/postgres/postgres_failure.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenLooks{1'000};
constexpr milliseconds kBetweenAnnouncements{50};

void ring(int bell) noexcept {
    std::uint64_t const once = 1;
    // It can only fail where it has rung 2^64 times unheard.
    static_cast<void>(::write(bell, &once, sizeof(once)));
}

} // namespace

Announcer::Announcer(std::string const& url, std::function<void()> heard)
    : address_{url}, heard_{std::move(heard)}, bell_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
    if (bell_ < 0) {
        throw Failure{
            Code::out_of_memory,
            fmt::format("the system makes no eventfd: {}", std::generic_category().message(errno))};
    }
    thread_ = std::jthread{[this](std::stop_token const& stop) {
        run(stop);
    }};
}

Announcer::~Announcer() {
    stop();
    ::close(bell_);
}

void Announcer::stop() {
    thread_.request_stop();
    ring(bell_);
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Announcer::announce() noexcept {
    if (!is_news_.exchange(true)) {
        ring(bell_);
    }
}

/// Until the socket has something to read, the bell rings, or the time is over.
void Announcer::wait(int socket, milliseconds time) const {
    std::array<pollfd, 2> both{
        pollfd{.fd = bell_, .events = POLLIN, .revents = 0},
        pollfd{.fd = socket, .events = POLLIN, .revents = 0}};
    ::poll(both.data(), both.size(), std::max(0, static_cast<int>(time.count())));
    std::uint64_t rings = 0;
    static_cast<void>(::read(bell_, &rings, sizeof(rings))); // there may be none
}

void Announcer::run(std::stop_token const& stop) {
    constexpr int kNone = -1;
    while (!stop.stop_requested()) {
        try {
            PostgresConnection connection{address_};
            connection.run_script("LISTEN stemlathe");
            serve(connection, stop);
        } catch (PostgresError const&) { // it went away, and comes back: the loop is the answer
        } catch (Failure const&) {       // the application says so to whoever wants something
        }
        if (!stop.stop_requested()) {
            heard_(); // nobody knows what was missed
            wait(kNone, kBetweenLooks);
        }
    }
}

void Announcer::serve(PostgresConnection& connection, std::stop_token const& stop) {
    auto next_look = Clock::now();
    while (!stop.stop_requested()) {
        auto const now = Clock::now();
        if (now >= next_look) {
            look_for_events(connection);
            next_look = now + kBetweenLooks;
        }
        auto until = next_look;
        if (is_news_) {
            if (now >= announced_ + kBetweenAnnouncements) {
                announce_to(connection);
                announced_ = now;
            } else {
                until = std::min(until, announced_ + kBetweenAnnouncements);
            }
        }
        // Before the wait: a statement's answer may have brought some along.
        if (connection.take_announcements()) {
            heard_();
        }
        wait(connection.socket(), std::chrono::ceil<milliseconds>(until - Clock::now()));
    }
}

void Announcer::announce_to(PostgresConnection& connection) {
    is_news_ = false; // before it is sent: what comes meanwhile is announced again
    try {
        connection.run_script("NOTIFY stemlathe");
    } catch (PostgresError const&) {
        is_news_ = true;
        throw;
    }
}

void Announcer::look_for_events(PostgresConnection& connection) {
    auto const rows = connection.run("SELECT max(seq) AS newest FROM event", {});
    auto const newest = rows.front().maybe_integer("newest").value_or(0);
    if (std::exchange(newest_event_, newest) != newest) {
        heard_();
    }
}

} // namespace stemlathe::service
