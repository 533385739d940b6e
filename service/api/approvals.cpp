#include "service/api/approvals.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/document.hpp"
#include "service/api/lookup.hpp"
#include "service/api/sessions.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"

#include <boost/json/serialize.hpp>

namespace stemlathe::service {

namespace {

constexpr std::size_t kIdMax = 64;
constexpr std::size_t kNoteMax = 2000;

boost::json::object approval_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"session", row.text("session")},
        {"render", row.text("render")},
        {"actor", row.text("actor")},
        {"digests", stored_json(row.text("digests"))},
        {"note", text_or_null(row.maybe_text("note"))},
        {"created", time_text(row.integer("created"))},
        {"withdrawn", time_or_null(row.maybe_integer("withdrawn"))}};
}

/// {"masters/cd/...": "sha256"}: exactly what is approved.
boost::json::object delivered_digests(Database& database, std::string const& job) {
    boost::json::object digests;
    for (auto const& row : database.query(
             "SELECT name, digest FROM output WHERE job=$1 AND name LIKE 'masters/%' ORDER BY name",
             {job}
         )) {
        digests[row.text("name")] = row.text("digest");
    }
    return digests;
}

/// Who approves may say which bytes: then they must be these.
void check_named(boost::json::object const* named, boost::json::object const& digests) {
    if (named != nullptr && *named != digests) {
        throw Problem{
            ProblemKind::conflict,
            "the named digests are not those of this revision; look at it again"};
    }
}

bool has_approval(Database& database, std::string const& session) {
    return !database
                .query(
                    "SELECT id FROM approval WHERE session=$1 AND withdrawn IS NULL LIMIT 1",
                    {session}
                )
                .empty();
}

void tell(Call const& call, Row const& approval, std::string const& type) {
    append_event(
        call.database(),
        {.tenant = approval.text("tenant"),
         .session = approval.text("session"),
         .type = type,
         .subject = approval.text("id"),
         .data = boost::json::serialize(boost::json::object{{"render", approval.text("render")}})}
    );
}

} // namespace

Response approve(Call const& call) {
    auto const session = session_of(call);
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    reader.require("render");
    auto const render_id = reader.text("render", kIdMax).value_or("");
    auto const note = reader.text("note", kNoteMax);
    auto const* const named = reader.object("digests");
    reader.finish();
    auto const render = render_named(call, session->text("id"), render_id);
    if (render->text("state") != "succeeded" || render->text("class") == "preview") {
        throw Problem{
            ProblemKind::conflict, "only a finished revision can be approved, and no preview"};
    }
    auto const digests = delivered_digests(call.database(), render->text("job"));
    check_named(named, digests);
    if (standing_approval(call, render_id)) {
        throw Problem{ProblemKind::conflict, "this revision is approved already"};
    }
    auto const rows = call.database().query(
        "INSERT INTO approval(id, tenant, session, render, actor, peer, digests, note, created) "
        "VALUES($1, $2, $3, $4, $5, $6, $7, $8, now_ms()) RETURNING *",
        {make_id("apv"),
         session->text("tenant"),
         session->text("id"),
         render_id,
         call.who.name,
         call.request.peer,
         boost::json::serialize(digests),
         note ? Value{*note} : Value{nullptr}}
    );
    set_session_state(call.database(), session->text("id"), "approved");
    tell(call, rows.front(), "approval.created");
    note_action(
        call,
        {.action = "approval.created",
         .subject = rows.front().text("id"),
         .client = session->text("tenant"),
         .detail = {{"session", session->text("id")}, {"render", render_id}, {"digests", digests}}}
    );
    return json_answer(201, approval_json(rows.front()))
        .with("Location", "/v1/sessions/" + session->text("id") + "/approvals");
}

Response list_approvals(Call const& call) {
    auto const page = page_of(call);
    auto const session = session_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM approval WHERE session=$1 AND id>$2 AND ($3='' OR render=$3) "
        "AND coalesce(withdrawn, created)>=$4 ORDER BY id LIMIT $5",
        {session->text("id"), page.after, call.who.render, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, approval_json);
}

Response withdraw_approval(Call const& call) {
    auto const approval = part_of_session(call, "approval");
    auto const rows = call.database().query(
        "UPDATE approval SET withdrawn=now_ms() WHERE id=$1 AND withdrawn IS NULL RETURNING *",
        {approval->text("id")}
    );
    if (rows.empty()) {
        throw Problem{ProblemKind::conflict, "the approval is withdrawn already"};
    }
    if (!has_approval(call.database(), approval->text("session"))) {
        set_session_state(call.database(), approval->text("session"), "in_review");
    }
    tell(call, rows.front(), "approval.withdrawn");
    note_action(
        call,
        {.action = "approval.withdrawn",
         .subject = approval->text("id"),
         .client = approval->text("tenant"),
         .detail = {{"session", approval->text("session")}, {"render", approval->text("render")}}}
    );
    return json_answer(200, approval_json(rows.front()));
}

} // namespace stemlathe::service
