#include "service/api/rounds.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/comments.hpp"
#include "service/api/lookup.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"

#include <boost/json/serialize.hpp>

namespace stemlathe::service {

namespace {

boost::json::object round_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"session", row.text("session")},
        {"number", row.integer("number")},
        {"brief", stored_json(row.text("brief"))},
        {"render", text_or_null(row.maybe_text("render"))},
        {"created", time_text(row.integer("created"))},
        {"updated", updated_text(row)}};
}

/// The open comments that no round holds yet, with their replies, in order of the song.
boost::json::array open_comments(Call const& call, std::string const& session) {
    boost::json::array brief;
    for (auto const& row : call.database().query(
             "SELECT * FROM comment WHERE session=$1 AND state='open' AND parent IS NULL "
             "AND deleted IS NULL ORDER BY coalesce(start_ms, -1), id",
             {session}
         )) {
        auto comment = comment_json(row);
        boost::json::array replies;
        for (auto const& reply : call.database().query(
                 "SELECT * FROM comment WHERE parent=$1 AND deleted IS NULL ORDER BY id",
                 {row.text("id")}
             )) {
            replies.push_back({{"author", reply.text("author")}, {"text", reply.text("text")}});
        }
        comment["replies"] = std::move(replies);
        brief.push_back(std::move(comment));
    }
    return brief;
}

/// One round, one revision: a new round needs the revision of the one before.
void check_last_round(Call const& call, std::string const& session) {
    auto const rows = call.database().query(
        "SELECT j.state AS state FROM round o LEFT JOIN render r ON r.id=o.render "
        "LEFT JOIN job j ON j.id=r.job WHERE o.session=$1 ORDER BY o.number DESC LIMIT 1",
        {session}
    );
    if (!rows.empty() && rows.front().maybe_text("state").value_or("none") != "succeeded") {
        throw Problem{
            ProblemKind::conflict,
            "the last round has no finished revision yet; make that first: one round, one "
            "revision"};
    }
}

} // namespace

Response close_round(Call const& call) {
    auto const session = session_of(call);
    auto const& session_id = session->text("id");
    check_last_round(call, session_id);
    auto brief = open_comments(call, session_id);
    if (brief.empty()) {
        throw Problem{ProblemKind::conflict, "there is no open comment to make a round of"};
    }
    auto const id = make_id("rou");
    auto const number = session->integer("rounds") + 1;
    auto const rows = call.database().query(
        "INSERT INTO round(id, tenant, session, number, brief, created) "
        "VALUES($1, $2, $3, $4, $5, now_ms()) RETURNING *",
        {id, session->text("tenant"), session_id, number, boost::json::serialize(brief)}
    );
    call.database().query(
        "UPDATE comment SET round=$2, updated=now_ms() WHERE session=$1 AND state='open' "
        "AND deleted IS NULL",
        {session_id, id}
    );
    call.database().query(
        "UPDATE session SET rounds=$2, version=version+1, updated=now_ms() WHERE id=$1",
        {session_id, number}
    );
    append_event(
        call.database(),
        {.tenant = session->text("tenant"),
         .session = session_id,
         .type = "round.closed",
         .subject = id,
         .data = "{}"}
    );
    note_action(
        call,
        {.action = "round.closed",
         .subject = id,
         .client = session->text("tenant"),
         .detail = {{"session", session_id}, {"comments", brief.size()}}}
    );
    return created_answer(call, "/v1/sessions/" + session_id + "/rounds", round_json(rows.front()));
}

Response list_rounds(Call const& call) {
    auto const page = page_of(call);
    auto const session = session_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM round WHERE session=$1 AND id>$2 AND ($3='' OR render=$3) "
        "AND coalesce(updated, created)>=$4 ORDER BY id LIMIT $5",
        {session->text("id"), page.after, call.who.render, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, round_json);
}

void resolve_round_of(Database& database, std::string const& render) {
    database.query(
        "UPDATE comment SET state='resolved', resolved_by=$1, version=version+1, "
        "updated=now_ms() WHERE state='open' AND round IN(SELECT id FROM round WHERE render=$1)",
        {render}
    );
}

} // namespace stemlathe::service
