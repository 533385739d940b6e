#include "service/http/connection.hpp"
#include "service/http/event_text.hpp"
#include "service/http/threads.hpp"

#include <exception>
#include <utility>

/// Server-sent events (HTML standard, 9.2): a response that ends with the connection.
namespace stemlathe::service {

namespace {

/// Appends what is new to `text`. @returns false: the stream ends after it
bool look(EventFeed& feed, std::size_t bytes_max, std::string& text) noexcept {
    try {
        return !feed.is_over() && append_events(feed.next(), bytes_max, text);
    } catch (std::exception const&) { // the client comes back, and asks for what it has not seen
        return false;
    }
}

} // namespace

Connection::Task<bool> Connection::send_events(EventFeed& feed) {
    auto const& limits = hub_.settings.limits;
    std::string text{kRetryLine};
    bool goes_on = true;
    auto ping_due = Clock::now() + limits.ping_time;
    std::function<void()> const work = [&] {
        goes_on = look(feed, limits.event_bytes_max, text);
    };
    while (goes_on && !has_left_ && !is_cut_ && !hub_.is_stopping()) {
        auto const seen = hub_.wakes();
        co_await run_on(hub_.application_thread, work);
        if (text.empty() && goes_on) {
            co_await doze(seen, ping_due);
            text = Clock::now() >= ping_due ? kPing : std::string_view{};
        }
        if (!text.empty()) {
            Pace pace{limits, Clock::now()};
            bool const is_sent = co_await send_text(text, false, pace);
            if (!is_sent) {
                co_return false;
            }
            text.clear();
            ping_due = Clock::now() + limits.ping_time;
        }
    }
    co_return true;
}

} // namespace stemlathe::service
