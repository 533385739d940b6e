#include "service/api/events_api.hpp"

#include "service/api/answers.hpp"
#include "service/api/lookup.hpp"
#include "service/metrics/service_figures.hpp"
#include "service/store/events.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kBatch = 256;

boost::json::object event_json(Event const& event) {
    return {
        {"id", event.seq},
        {"type", event.type},
        {"session", text_or_null(event.session)},
        {"subject", event.subject},
        {"data", stored_json(event.data)},
        {"at", time_text(event.at_ms)}};
}

/// Clients hear of their own things, reviewers of their session, the house of everything.
EventFilter filter_for(Principal const& who) {
    if (who.is_house()) {
        return {};
    }
    return who.rank == Rank::reviewer ? EventFilter{.tenant = who.tenant, .session = who.session}
                                      : EventFilter{.tenant = who.tenant};
}

class StoredEvents final : public EventFeed {
  public:
    StoredEvents(Call const& call, std::int64_t after)
        : database_{call.database()},
          filter_{filter_for(call.who)},
          who_{call.who},
          after_{after},
          figures_{call.services.figures} {}

    [[nodiscard]] std::vector<ServerEvent> next() override {
        std::vector<ServerEvent> news;
        auto const events = events_after(database_, filter_, after_, kBatch);
        for (auto const& event : events) {
            after_ = event.seq;
            news.push_back(
                {.id = event.seq,
                 .type = event.type,
                 .data = boost::json::serialize(event_json(event))}
            );
        }
        tell_lag(events);
        return news;
    }

    [[nodiscard]] bool is_over() override {
        if (who_.id == "admin") {
            return false;
        }
        bool const is_link = who_.rank == Rank::reviewer;
        auto const rows = database_.query(
            is_link ? "SELECT id FROM share WHERE id=$1 AND revoked IS NULL AND expires>now_ms()"
                    : "SELECT id FROM token WHERE id=$1 AND revoked IS NULL "
                      "AND (expires IS NULL OR expires>now_ms())",
            {who_.id}
        );
        return rows.empty();
    }

  private:
    /// How late events come to who waits for them; who catches up on old ones says nothing of it.
    void tell_lag(std::vector<Event> const& events) {
        if (figures_ != nullptr && has_caught_up_ && !events.empty()) {
            auto const now = database_.query("SELECT now_ms() AS now").front().integer("now");
            constexpr double kMs = 1000.0;
            figures_->event_sent(static_cast<double>(now - events.front().at_ms) / kMs);
        }
        has_caught_up_ = static_cast<std::int64_t>(events.size()) < kBatch;
    }

    Database& database_;
    EventFilter filter_;
    Principal who_;
    std::int64_t after_;
    ServiceFigures* figures_;
    bool has_caught_up_ = false;
};

/// Where the client is: its last event, or the end of the list for one that begins.
std::int64_t place_of(Call const& call) {
    auto const last = std::string{call.request.field("last-event-id")};
    auto const text = last.empty() ? call.request.query_value("after").value_or("") : last;
    if (text.empty()) {
        return event_span(call.database()).newest;
    }
    std::int64_t after = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, after);
    if (error != std::errc{} || rest != end || after < 0) {
        throw Problem{ProblemKind::bad_request, "the id of the last event is not a number"};
    }
    return after;
}

} // namespace

Response stream_events(Call const& call) {
    auto const accept = call.request.field("accept");
    if (accept.find("application/json") != std::string_view::npos) {
        auto const page = page_of(call);
        auto const after = page.after.empty() ? 0 : place_of(call);
        auto const events = events_after(call.database(), filter_for(call.who), after, page.limit);
        boost::json::array items;
        for (auto const& event : events) {
            items.push_back(event_json(event));
        }
        boost::json::value const next =
            items.empty() ? boost::json::value{} : boost::json::value(events.back().seq);
        return list_document(page, std::move(items), next);
    }
    Response response;
    response.with("Content-Type", "text/event-stream").with("Cache-Control", "no-store");
    response.body = std::make_unique<StoredEvents>(call, place_of(call));
    return response;
}

} // namespace stemlathe::service
