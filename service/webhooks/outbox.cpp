#include "service/webhooks/outbox.hpp"

#include "service/api/principal.hpp"
#include "service/api/rfc3339.hpp"
#include "service/store/crash_point.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"
#include "service/webhooks/event_types.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kEventsAtOnce = 256;
constexpr std::int64_t kForgottenAtOnce = 1'000;
constexpr std::int64_t kReadBehind_max = 5'000; // events that a restart looks at anew
constexpr int kGone = 410;
constexpr double kJitter = 0.1; // so that what failed together is not repeated together

// What may be sent now. place: how many of the webhook would be on their way with it. Looked at ten
// times a second while much happens, so what cannot be sent yet must cost nothing: who waits for
// another of his subject has no next_at, and a webhook with its hands full is left out first (CROSS
// JOIN keeps SQLite from turning that round).
constexpr std::string_view kDue =
    "WITH busy AS MATERIALIZED (SELECT webhook, count(*) AS busy FROM webhook_delivery "
    "WHERE state='waiting' AND lease_until>now_ms() GROUP BY webhook), "
    "due AS MATERIALIZED (SELECT d.id AS id, d.next_at AS next_at, "
    "row_number() OVER (PARTITION BY d.webhook ORDER BY d.event)+coalesce(b.busy, 0) AS place "
    "FROM webhook w LEFT JOIN busy b ON b.webhook=w.id CROSS JOIN webhook_delivery d "
    "WHERE w.disabled IS NULL AND w.deleted IS NULL AND w.key_id=$1 AND coalesce(b.busy, 0)<$2 "
    "AND d.webhook=w.id AND d.state='waiting' AND d.next_at<=now_ms() AND "
    "d.lease_until<=now_ms()), "
    "pick AS MATERIALIZED (SELECT id FROM due WHERE place<=$2 ORDER BY next_at, id LIMIT $3) ";

std::vector<std::string> types_of(Row const& webhook) {
    std::vector<std::string> types;
    auto const document = boost::json::parse(webhook.text("types"));
    for (auto const& type : document.as_array()) {
        types.emplace_back(type.as_string().c_str());
    }
    return types;
}

/// What is sent: the event as /v1/events shows it, with the two names that Standard Webhooks asks
/// for, and whose it is.
std::string body_of(Event const& event) {
    return boost::json::serialize(boost::json::object{
        {"type", event.type},
        {"timestamp", time_text(event.at_ms)},
        {"id", event.seq},
        {"client", event.tenant},
        {"session", event.session ? boost::json::value(*event.session) : boost::json::value{}},
        {"subject", event.subject},
        {"data", boost::json::parse(event.data)}});
}

std::string insert_delivery(Database& database, std::string const& webhook, Event const& event) {
    auto id = make_id("msg");
    database.query(
        "INSERT INTO webhook_delivery(id, webhook, event, type, subject, body, state, next_at, "
        "created, updated) VALUES($1, $2, $3, $4, $5, $6, 'waiting', CASE WHEN EXISTS("
        "SELECT 1 FROM webhook_delivery WHERE webhook=$2 AND subject=$5 AND state='waiting') "
        "THEN NULL ELSE now_ms() END, now_ms(), now_ms())",
        {id, webhook, event.seq, event.type, event.subject, body_of(event)}
    );
    return id;
}

/// One of the subject has come to its end: the next may go.
void let_next_go(Database& database, std::string const& webhook, std::string const& subject) {
    database.query(
        "UPDATE webhook_delivery SET next_at=now_ms() WHERE next_at IS NULL AND id=("
        "SELECT id FROM webhook_delivery WHERE webhook=$1 AND subject=$2 AND state='waiting' "
        "ORDER BY event LIMIT 1)",
        {webhook, subject}
    );
}

/// The house hears of everything, as it does at /v1/events; a client of its own.
EventFilter filter_of(Row const& webhook) {
    auto const& tenant = webhook.text("tenant");
    return tenant == kHouse ? EventFilter{} : EventFilter{.tenant = tenant};
}

} // namespace

std::int64_t end_of_log(Database& database) {
    return event_span(database).newest;
}

std::int64_t count_waiting_deliveries(Database& database, std::string const& webhook) {
    return database
        .query(
            "SELECT count(*) AS count FROM webhook_delivery WHERE webhook=$1 AND state='waiting'",
            {webhook}
        )
        .front()
        .integer("count");
}

std::string
make_test_delivery(Database& database, std::string const& webhook, std::string const& tenant) {
    auto const seq = append_event(
        database,
        {.tenant = tenant, .type = std::string{kTestEvent}, .subject = webhook, .data = "{}"}
    );
    return insert_delivery(database, webhook, events_after(database, {}, seq - 1, 1).front());
}

void disable_webhook(Database& database, std::string const& webhook, std::string const& why) {
    auto const rows = database.query(
        "UPDATE webhook SET disabled=now_ms(), disabled_why=$2, version=version+1, "
        "updated=now_ms() WHERE id=$1 AND disabled IS NULL RETURNING tenant",
        {webhook, why}
    );
    if (rows.empty()) {
        return;
    }
    database.query(
        "UPDATE webhook_delivery SET state='given_up', updated=now_ms(), lease_until=0, "
        "last_error='the webhook was disabled' WHERE webhook=$1 AND state='waiting'",
        {webhook}
    );
    append_event(
        database,
        {.tenant = rows.front().text("tenant"),
         .type = "webhook.disabled",
         .subject = webhook,
         .data = boost::json::serialize(boost::json::object{{"reason", why}})}
    );
}

Outbox::Outbox(WebhookSettings settings, std::string key_id)
    : settings_{std::move(settings)}, key_id_{std::move(key_id)} {}

std::int64_t Outbox::read_log(Database& database) {
    is_behind_ = false;
    auto const newest = end_of_log(database);
    if (newest == newest_) {
        return 0;
    }
    std::int64_t made = 0;
    bool has_read_all = true;
    for (auto const& webhook :
         database.query("SELECT id FROM webhook WHERE disabled IS NULL AND deleted IS NULL "
                        "ORDER BY read_to, id")) { // who is behind comes first
        auto reading = Reading::further;
        while (reading == Reading::further && made < kEventsAtOnce) {
            reading = read_for(database, webhook.text("id"), made);
        }
        is_behind_ = is_behind_ || reading == Reading::further;
        has_read_all = has_read_all && reading == Reading::done;
    }
    newest_ = has_read_all ? newest : -1;
    return made;
}

Outbox::Reading
Outbox::read_for(Database& database, std::string const& webhook, std::int64_t& made) {
    constexpr auto* kWebhook = "SELECT tenant, types, read_to FROM webhook WHERE id=$1 "
                               "AND disabled IS NULL AND deleted IS NULL";
    auto const rows = database.query(kWebhook, {webhook});
    if (rows.empty()) {
        return Reading::done;
    }
    auto const& row = rows.front();
    auto const read_to = row.integer("read_to");
    auto& looked_to = read_[webhook];
    looked_to = std::max(looked_to, read_to);
    auto const events = events_after(database, filter_of(row), looked_to, kEventsAtOnce);
    if (events.empty()) {
        return Reading::done;
    }
    auto const types = types_of(row);
    auto const is_wanted = [&](Event const& event) {
        return hears(types, event.type);
    };
    auto const next =
        static_cast<std::int64_t>(events.size()) < kEventsAtOnce ? Reading::done : Reading::further;
    bool const is_near = events.back().seq - read_to < kReadBehind_max;
    if (is_near && std::ranges::none_of(events, is_wanted)) {
        looked_to = events.back().seq; // the database need not know at once
        return next;
    }
    if (count_waiting_deliveries(database, webhook) >= settings_.queue_max) {
        return Reading::full;
    }
    Transaction transaction{database};
    auto const again = database.query(kWebhook, {webhook});
    if (again.empty() || again.front().integer("read_to") != read_to) {
        return Reading::further; // another process was here first
    }
    auto room = settings_.queue_max - count_waiting_deliveries(database, webhook);
    for (auto const& event : events) {
        if (is_wanted(event)) {
            if (room == 0) {
                break;
            }
            insert_delivery(database, webhook, event);
            --room;
            ++made;
        }
        looked_to = event.seq;
    }
    database.query("UPDATE webhook SET read_to=$2 WHERE id=$1", {webhook, looked_to});
    transaction.commit();
    return looked_to == events.back().seq ? next : Reading::full;
}

std::vector<Claimed> Outbox::claim(Database& database, std::int64_t count) const {
    auto const most = settings_.per_webhook_max;
    auto const found =
        database.query(std::string{kDue} + "SELECT id FROM pick", {key_id_, most, count});
    if (found.empty()) {
        return {}; // most looks end here, without a turn at writing
    }
    std::vector<Claimed> claimed;
    Transaction transaction{database};
    for (auto const& row : database.query(
             std::string{kDue} +
                 "UPDATE webhook_delivery SET fence=fence+1, attempt=attempt+1, "
                 "lease_until=now_ms()+$4 FROM pick WHERE webhook_delivery.id=pick.id "
                 "RETURNING webhook_delivery.id AS id, webhook_delivery.webhook AS webhook, "
                 "webhook_delivery.body AS body, webhook_delivery.fence AS fence, "
                 "webhook_delivery.attempt AS attempt",
             {key_id_, most, count, settings_.lease().count()}
         )) {
        claimed.push_back(
            {.id = row.text("id"),
             .webhook = row.text("webhook"),
             .body = row.text("body"),
             .fence = row.integer("fence"),
             .attempt = row.integer("attempt")}
        );
    }
    for (auto& one : claimed) {
        auto const webhook = database.query(
            "SELECT url, secret, CASE WHEN old_until>now_ms() THEN old_secret END AS old_secret "
            "FROM webhook WHERE id=$1",
            {one.webhook}
        );
        one.url = webhook.front().text("url");
        one.secret = webhook.front().text("secret");
        one.old_secret = webhook.front().maybe_text("old_secret");
    }
    transaction.commit();
    return claimed;
}

bool Outbox::note(
    Database& database, Claimed const& claimed, Attempted const& attempted, double chance
) const {
    bool const has_arrived = attempted.status >= 200 && attempted.status < 300;
    auto const retries = static_cast<std::int64_t>(settings_.retries.size());
    bool const is_last = attempted.status == kGone || claimed.attempt > retries;
    auto const state = has_arrived ? "delivered" : is_last ? "given_up" : "waiting";
    std::int64_t wait_ms = 0;
    if (!has_arrived && !is_last) {
        auto const delay = settings_.retries[static_cast<std::size_t>(claimed.attempt - 1)];
        wait_ms = static_cast<std::int64_t>(
            static_cast<double>(delay.count()) * (1.0 - kJitter + 2.0 * kJitter * chance)
        );
    }
    crash_point(CrashSite::webhook_before_note);
    Transaction transaction{database};
    auto const noted = database.query(
        "UPDATE webhook_delivery SET state=$3, last_status=$4, last_error=$5, "
        "next_at=now_ms()+$6, lease_until=0, updated=now_ms() "
        "WHERE id=$1 AND fence=$2 AND state='waiting' RETURNING subject",
        {claimed.id,
         claimed.fence,
         std::string{state},
         attempted.status == 0 ? Value{nullptr} : Value{std::int64_t{attempted.status}},
         attempted.error.empty() ? Value{nullptr} : Value{attempted.error},
         wait_ms}
    );
    if (noted.empty()) {
        return false;
    }
    if (has_arrived || is_last) {
        let_next_go(database, claimed.webhook, noted.front().text("subject"));
    }
    std::string why;
    if (has_arrived) {
        database.query(
            "UPDATE webhook SET failing_since=NULL WHERE id=$1 AND failing_since IS NOT NULL",
            {claimed.webhook}
        );
    } else if (attempted.status == kGone) {
        why = "gone";
    } else if (is_last && has_failed_long(database, claimed.webhook)) {
        why = "failing";
    }
    if (!why.empty()) {
        disable_webhook(database, claimed.webhook, why);
    }
    transaction.commit();
    crash_point(CrashSite::webhook_after_note);
    return !why.empty();
}

/// Another one was given up. @returns whether it has been so for days
bool Outbox::has_failed_long(Database& database, std::string const& webhook) const {
    auto const rows = database.query(
        "UPDATE webhook SET failing_since=coalesce(failing_since, now_ms()) WHERE id=$1 "
        "RETURNING now_ms()-failing_since AS failing_ms",
        {webhook}
    );
    return rows.front().integer("failing_ms") >= settings_.disable_after.count();
}

void Outbox::release(Database& database, Claimed const& claimed) const {
    database.query(
        "UPDATE webhook_delivery SET lease_until=0, attempt=attempt-1 "
        "WHERE id=$1 AND fence=$2 AND state='waiting' AND attempt>0",
        {claimed.id, claimed.fence}
    );
}

std::int64_t Outbox::tidy(Database& database) const {
    auto const old = database.query(
        "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery "
        "WHERE state<>'waiting' AND updated<now_ms()-$1 ORDER BY updated LIMIT $2) RETURNING id",
        {settings_.keep.count(), kForgottenAtOnce}
    );
    database.query(
        "UPDATE webhook SET old_secret=NULL WHERE old_secret IS NOT NULL AND old_until<=now_ms()"
    );
    return static_cast<std::int64_t>(old.size());
}

} // namespace stemlathe::service
