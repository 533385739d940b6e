#include "service/api/plans.hpp"

#include "host/model/session.hpp"
#include "host/plan/matching.hpp"
#include "host/plan/plan_json.hpp"
#include "host/session/labels.hpp"
#include "service/api/answers.hpp"
#include "service/api/document.hpp"
#include "service/api/job_spec.hpp"
#include "service/api/lookup.hpp"
#include "service/store/ids.hpp"

#include <boost/json/serialize.hpp>

namespace stemlathe::service {

namespace {

constexpr std::size_t kNameMax = 200;

boost::json::object plan_document(Row const& row) {
    return {
        {"id", row.text("id")},
        {"session", row.text("session")},
        {"name", row.text("name")},
        {"origin", row.text("origin")},
        {"used", row.integer("used") != 0},
        {"plan", stored_json(row.text("document"))},
        {"version", row.integer("version")},
        {"created", time_text(row.integer("created"))},
        {"updated", updated_text(row)}};
}

/// Stems as far as plans know them: names and roles.
Session stems_by_name(Database& database, std::string const& session) {
    Session stems;
    for (auto const& row : database.query(
             "SELECT filename, role FROM stem WHERE session=$1 AND kind='stem' AND mute=0 "
             "AND state<>'rejected' AND deleted IS NULL ORDER BY filename",
             {session}
         )) {
        auto const& file = row.text("filename");
        auto const role = row.maybe_text("role");
        stems.stems.push_back(
            {.path = {},
             .file = file,
             .role = role ? role_named(*role).value_or(Role::other)
                          : role_from_label(file).value_or(Role::other)}
        );
    }
    return stems;
}

struct PlanBody {
    std::string name{};
    std::string document{};
};

PlanBody read_plan_body(Call const& call, std::string const& session) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    auto const name = reader.text("name", kNameMax, 1);
    reader.require("plan");
    auto const* const plan = reader.object("plan");
    reader.finish();
    return {
        .name = name.value_or("Plan"), .document = checked_plan(call.database(), session, *plan)};
}

Rows insert_plan(Call const& call, Row const& session, PlanBody const& body) {
    return call.database().query(
        "INSERT INTO plan(id, tenant, session, name, document, origin, created) "
        "VALUES($1, $2, $3, $4, $5, 'written', now_ms()) RETURNING *",
        {make_id("pln"), session.text("tenant"), session.text("id"), body.name, body.document}
    );
}

std::string place_of(Row const& plan) {
    return "/v1/sessions/" + plan.text("session") + "/plans/" + plan.text("id");
}

} // namespace

std::string
checked_plan(Database& database, std::string const& session, boost::json::object const& plan) {
    auto const parsed = parse_plan_json(boost::json::serialize(plan), "plan");
    check_matches(parsed, stems_by_name(database, session));
    return boost::json::serialize(plan);
}

Response create_plan(Call const& call) {
    auto const session = session_of(call);
    auto const body = read_plan_body(call, session->text("id"));
    auto const rows = insert_plan(call, *session, body);
    return created_answer(call, place_of(rows.front()), plan_document(rows.front()));
}

Response list_plans(Call const& call) {
    auto const page = page_of(call);
    auto const session = session_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM plan WHERE session=$1 AND deleted IS NULL AND id>$2 "
        "AND coalesce(updated, created)>=$3 ORDER BY id LIMIT $4",
        {session->text("id"), page.after, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, plan_document);
}

Response show_plan(Call const& call) {
    return versioned_answer(call, 200, plan_document(*part_of_session(call, "plan")));
}

Response replace_plan(Call const& call) {
    auto const session = session_of(call);
    auto const plan = part_of_session(call, "plan");
    check_version(call, plan->integer("version"));
    auto const body = read_plan_body(call, session->text("id"));
    if (plan->integer("used") != 0) {
        // What a render used stays as it was: the edit is a plan of its own.
        auto const rows = insert_plan(call, *session, body);
        return created_answer(call, place_of(rows.front()), plan_document(rows.front()));
    }
    auto const rows = call.database().query(
        "UPDATE plan SET name=$2, document=$3, version=version+1, updated=now_ms() WHERE id=$1 "
        "RETURNING *",
        {plan->text("id"), body.name, body.document}
    );
    return versioned_answer(call, 200, plan_document(rows.front()));
}

Response suggest_plan(Call const& call) {
    auto const session = session_of(call);
    auto const job = call.services.queue.enqueue(
        {.tenant = session->text("tenant"),
         .session = session->text("id"),
         .kind = "analysis",
         .klass = "preview",
         .spec = analysis_spec(call, *session),
         .cost_ms = cost_of_session_ms(call.database(), session->text("id"))}
    );
    call.services.work_arrived();
    return json_answer(202, {{"id", job}, {"state", "queued"}}).with("Location", "/v1/jobs/" + job);
}

Response validate_plan(Call const& call) {
    auto const session = session_of(call);
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    reader.require("plan");
    auto const* const plan = reader.object("plan");
    reader.finish();
    static_cast<void>(checked_plan(call.database(), session->text("id"), *plan));
    return json_answer(200, {{"valid", true}});
}

} // namespace stemlathe::service
