#include "service/api/jobs_api.hpp"

#include "service/api/answers.hpp"
#include "service/api/lookup.hpp"
#include "service/api/render_json.hpp"
#include "service/api/wait.hpp"

#include <string_view>
#include <vector>

namespace stemlathe::service {

namespace {

/// The states that are shown as `state`; none: any.
std::vector<std::string_view> stored_states(std::string_view state) {
    if (state.empty()) {
        return {};
    }
    return state == "running"  ? std::vector<std::string_view>{"leased"}
           : state == "failed" ? std::vector<std::string_view>{"dead", "failed"}
                               : std::vector{state};
}

boost::json::object job_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"client", row.text("tenant")},
        {"kind", row.text("kind")},
        {"class", row.text("class")},
        {"state", shown_state(row.text("state"))},
        {"progress", row.integer("progress")},
        {"stage", text_or_null(row.maybe_text("stage"))},
        {"attempts", row.integer("attempt")},
        {"problem", problem_json(row)},
        {"result", stored_json(row.maybe_text("result"))},
        {"created", time_text(row.integer("created"))},
        {"started", time_or_null(row.maybe_integer("started"))},
        {"finished", time_or_null(row.maybe_integer("finished"))}};
}

/// What a job that was set aside was to do, and how it failed: enough to do it again by hand.
boost::json::object reproduction(Call const& call, Row const& row) {
    boost::json::array attempts;
    for (auto const& attempt : call.services.queue.attempts(row.text("id"))) {
        attempts.push_back(
            {{"worker", attempt.owner},
             {"device", text_or_null(attempt.device)},
             {"outcome", text_or_null(attempt.outcome)},
             {"detail", text_or_null(attempt.detail)},
             {"started", time_text(attempt.started_ms)},
             {"ended", time_or_null(attempt.ended_ms)}}
        );
    }
    return {{"spec", stored_json(row.text("spec"))}, {"attempts", std::move(attempts)}};
}

} // namespace

Response show_job(Call const& call) {
    auto const rows =
        call.database().query("SELECT * FROM job WHERE id=$1", {call.request.path_value("job")});
    if (rows.empty() || !call.who.sees_tenant(rows.front().text("tenant"))) {
        throw Problem{ProblemKind::not_found, "there is no such job"};
    }
    auto const& state = rows.front().text("state");
    auto document = job_json(rows.front());
    if (state == "dead" && call.who.is_house()) {
        document["reproduce"] = reproduction(call, rows.front());
    }
    auto response = json_answer(200, document);
    if (state == "queued" || state == "leased") {
        response.wait = wanted_wait(call.request);
    }
    return response;
}

Response list_jobs(Call const& call) {
    auto const page = page_of(call);
    auto const state = query_word(call, "state", kShownStates);
    auto const since = updated_since(call);
    auto const rows = call.services.queue.list(
        {.states = stored_states(state),
         .changed_since_ms = since,
         .after = page.after,
         .rows_max = page.limit + 1}
    );
    return list_answer(page, rows, job_json);
}

} // namespace stemlathe::service
