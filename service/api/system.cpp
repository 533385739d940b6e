#include "service/api/system.hpp"

#include "service/api/answers.hpp"
#include "service/api/openapi.hpp"
#include "service/api/scrubs.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

/// @param state  a word of ours: in the text, so that the index of that state serves
std::int64_t jobs_in_state(Database& database, std::string_view state) {
    return database
        .query(fmt::format(
            "SELECT count(*) AS count FROM job WHERE state='{}' AND kind<>'probe'", state
        ))
        .front()
        .integer("count");
}

/// A worker says that it lives every two seconds; one that died is remembered for a day.
constexpr std::string_view kWorkers =
    "SELECT w.*, CASE WHEN seen>now_ms()-30000 THEN 1 ELSE 0 END AS live FROM worker w";

boost::json::object worker_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"host", row.text("host")},
        {"version", row.text("version")},
        {"devices", stored_json(row.text("devices"))},
        {"slots", row.integer("slots")},
        {"protocol", row.integer("protocol")},
        {"engine", row.integer("engine")},
        {"live", row.integer("live") != 0},
        {"draining", row.integer("draining") != 0},
        {"seen", time_text(row.integer("seen"))}};
}

} // namespace

Response show_health(Call const& /*call*/) {
    return json_answer(200, {{"status", "ok"}});
}

Response show_readiness(Call const& call) {
    if (call.services.is_draining()) {
        throw Problem{ProblemKind::unavailable, "the server is going down"};
    }
    call.database().query("SELECT 1 AS one");
    return json_answer(200, {{"status", "ready"}});
}

Response show_description(Call const& /*call*/) {
    Response response;
    response.with("Content-Type", "application/json");
    response.body = std::string{openapi_json()};
    return response;
}

Response show_problem_kind(Call const& call) {
    auto const* const entry = problem_named(call.request.path_value("type"));
    if (entry == nullptr) {
        throw Problem{ProblemKind::not_found, "the catalogue has no such problem"};
    }
    return json_answer(
        200,
        {{"type", fmt::format("/problems/{}", entry->name)},
         {"title", entry->title},
         {"status", entry->status},
         {"advice", entry->advice},
         {"retryable", entry->retryable}}
    );
}

Response show_system(Call const& call) {
    auto const scrub = last_scrub(call.database());
    boost::json::array workers;
    for (auto const& row : call.database().query(std::string{kWorkers} + " ORDER BY id")) {
        workers.push_back(worker_json(row));
    }
    return json_answer(
        200,
        {{"version", call.services.version},
         {"scrub", scrub ? boost::json::value(scrub_json(*scrub)) : boost::json::value(nullptr)},
         {"engine", call.services.engine},
         {"queued", jobs_in_state(call.database(), "queued")},
         {"running", jobs_in_state(call.database(), "leased")},
         {"dead", jobs_in_state(call.database(), "dead")},
         {"free_bytes", call.services.blobs.room_bytes()},
         {"workers", std::move(workers)}}
    );
}

Response list_workers(Call const& call) {
    auto const page = page_of(call);
    auto const rows = call.database().query(
        std::string{kWorkers} + " WHERE id>$1 AND seen>=$2 ORDER BY id LIMIT $3",
        {page.after, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, worker_json);
}

} // namespace stemlathe::service
