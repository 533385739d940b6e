#include "service/api/job_ends.hpp"

#include "service/api/answers.hpp"
#include "service/api/rounds.hpp"
#include "service/api/session_engine.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace stemlathe::service {

namespace {

void tell(
    Database& database,
    JobEnd const& end,
    std::string const& type,
    std::string const& subject,
    boost::json::object const& data
) {
    append_event(
        database,
        {.tenant = end.tenant,
         .session = end.session,
         .type = type,
         .subject = subject,
         .data = boost::json::serialize(data)}
    );
}

/// Previews are for whoever ordered them; all else is up for review.
void show_for_review(Database& database, JobEnd const& end) {
    database.query(
        "UPDATE session SET state='in_review', version=version+1, updated=now_ms() WHERE id=$1 "
        "AND state IN('draft','ready') AND EXISTS(SELECT 1 FROM job WHERE id=$2 "
        "AND class<>'preview')",
        {value_of(end.session), end.job}
    );
}

void end_render(Database& database, JobEnd const& end) {
    auto const rows = database.query("SELECT id, revision FROM render WHERE job=$1", {end.job});
    if (rows.empty()) {
        return;
    }
    auto const& render = rows.front();
    if (end.state == "succeeded") {
        resolve_round_of(database, render.text("id"));
        show_for_review(database, end);
        note_engine(database, end, render.text("id"), render.integer("revision"));
    }
    tell(
        database,
        end,
        "render." + (end.state == "dead" ? std::string{"failed"} : end.state),
        render.text("id"),
        {{"revision", render.integer("revision")}}
    );
}

void end_analysis(Database& database, JobEnd const& end) {
    auto const result = stored_json(end.result);
    auto const* const plan = result.is_object() ? result.as_object().if_contains("plan") : nullptr;
    if (end.state != "succeeded" || plan == nullptr) {
        tell(
            database,
            end,
            "analysis." + (end.state == "dead" ? std::string{"failed"} : end.state),
            end.job,
            {}
        );
        return;
    }
    auto const id = make_id("pln");
    database.query(
        "INSERT INTO plan(id, tenant, session, name, document, origin, created) "
        "VALUES($1, $2, $3, 'Suggested', $4, 'suggested', now_ms())",
        {id, end.tenant, value_of(end.session), boost::json::serialize(*plan)}
    );
    tell(database, end, "plan.suggested", id, {{"job", end.job}});
}

} // namespace

void end_work(Database& database, JobEnd const& end) {
    if (end.kind == "render") {
        end_render(database, end);
    } else if (end.kind == "analysis") {
        end_analysis(database, end);
    }
}

} // namespace stemlathe::service
