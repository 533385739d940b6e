#include "service/store/events.hpp"

#include "kernels/base/assert.hpp"

namespace stemlathe::service {

namespace {

Event event_of(Row const& row) {
    return {
        .seq = row.integer("seq"),
        .tenant = row.text("tenant"),
        .session = row.maybe_text("session"),
        .type = row.text("type"),
        .subject = row.text("subject"),
        .data = row.text("data"),
        .at_ms = row.integer("at")};
}

constexpr std::int64_t kBatch = 1'000;

} // namespace

std::int64_t append_event(Database& database, NewEvent const& event) {
    STEMLATHE_ASSERT(database.in_transaction());
    auto const rows = database.query(
        "INSERT INTO event(tenant, session, type, subject, data, at)"
        " VALUES($1, $2, $3, $4, $5, now_ms()) RETURNING seq",
        {event.tenant, value_of(event.session), event.type, event.subject, event.data}
    );
    return rows.front().integer("seq");
}

std::vector<Event>
events_after(Database& database, EventFilter const& filter, std::int64_t seq, std::int64_t limit) {
    std::string sql = "SELECT seq, tenant, session, type, subject, data, at FROM event"
                      " WHERE seq > $1";
    std::vector<Value> values{seq, limit};
    if (filter.tenant) {
        values.emplace_back(*filter.tenant);
        sql += " AND tenant = $" + std::to_string(values.size());
    }
    if (filter.session) {
        values.emplace_back(*filter.session);
        sql += " AND session = $" + std::to_string(values.size());
    }
    sql += " ORDER BY seq LIMIT $2";
    std::vector<Event> events;
    for (auto const& row : database.query(sql, values)) {
        events.push_back(event_of(row));
    }
    return events;
}

EventSpan event_span(Database& database) {
    // Two sub-selects, for each finds its end of the key; together they would read every row.
    auto const rows = database.query("SELECT (SELECT min(seq) FROM event) AS oldest,"
                                     " (SELECT max(seq) FROM event) AS newest");
    return {
        .oldest = rows.front().maybe_integer("oldest").value_or(0),
        .newest = rows.front().maybe_integer("newest").value_or(0)};
}

std::int64_t thin_events(Database& database, EventKeeping const& keeping) {
    Transaction transaction{database};
    auto const progress = database.query(
        "DELETE FROM event WHERE seq IN (SELECT seq FROM event"
        " WHERE type = 'job.progress' AND at < now_ms() - $1"
        " AND seq < (SELECT max(seq) FROM event) ORDER BY at LIMIT $2) RETURNING seq",
        {keeping.progress_ms, kBatch}
    );
    auto const any = database.query(
        "DELETE FROM event WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM event"
        " WHERE seq < (SELECT max(seq) FROM event) ORDER BY seq LIMIT $2) AS first"
        " WHERE at < now_ms() - $1) RETURNING seq",
        {keeping.any_ms, kBatch}
    );
    transaction.commit();
    return static_cast<std::int64_t>(progress.size() + any.size());
}

} // namespace stemlathe::service
