#include "service/api/bin.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/problem.hpp"
#include "service/api/sessions.hpp"

#include <array>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kAtOnce = 20;

/// The path's session where it is deleted. @throws Problem{not_found}
Row deleted_session(Call const& call) {
    auto const rows = call.database().query(
        "SELECT * FROM session WHERE id=$1 AND deleted IS NOT NULL",
        {call.request.path_value("session")}
    );
    if (rows.empty() || !call.who.sees_tenant(rows.front().text("tenant"))) {
        throw Problem{ProblemKind::not_found, "there is no such session in the bin"};
    }
    return rows.front();
}

/// Everything of a session, in an order in which nothing refers to what is gone. Its jobs stay, as
/// numbers: fair queueing and the figures count on them. Files follow when garbage is collected.
void remove_everything(Database& database, std::string const& session) {
    constexpr std::array kStatements{
        "DELETE FROM share_pass WHERE share IN(SELECT id FROM share WHERE session=$1)",
        "DELETE FROM share WHERE session=$1",
        "DELETE FROM delivery WHERE session=$1",
        "DELETE FROM approval WHERE session=$1",
        "DELETE FROM comment WHERE session=$1 AND parent IS NOT NULL",
        "DELETE FROM comment WHERE session=$1",
        "DELETE FROM round WHERE session=$1",
        "DELETE FROM render WHERE session=$1",
        "DELETE FROM output WHERE job IN(SELECT id FROM job WHERE session=$1)",
        "UPDATE attempt SET detail=NULL WHERE job IN(SELECT id FROM job WHERE session=$1)",
        "DELETE FROM plan WHERE session=$1",
        "DELETE FROM stem WHERE session=$1",
        "DELETE FROM upload WHERE session=$1",
        "UPDATE event SET data='{}' WHERE session=$1",
        "UPDATE job SET session=NULL, subject='', spec='{}', spec_digest='', result=NULL, "
        "error=NULL WHERE session=$1",
        "DELETE FROM session WHERE id=$1"};
    for (auto const* const statement : kStatements) {
        database.query(statement, {session});
    }
}

/// @throws Problem{conflict}
void check_at_rest(Call const& call, std::string const& session) {
    auto const& rows = call.database().query(
        "SELECT 1 AS one FROM job WHERE session=$1 AND state IN('queued','leased') UNION ALL "
        "SELECT 1 AS one FROM upload WHERE session=$1 AND state='receiving' LIMIT 1",
        {session}
    );
    if (!rows.empty()) {
        throw Problem{
            ProblemKind::conflict, "a job or an upload of this session is under way; ask again"};
    }
}

} // namespace

Response undelete_session(Call const& call) {
    auto const session = deleted_session(call);
    auto const& id = session.text("id");
    auto& database = call.database();
    auto const deleted = session.integer("deleted");
    auto const recent = database.query(
        "SELECT id FROM session WHERE id=$1 AND deleted>now_ms()-$2",
        {id, call.services.limits.bin_ms}
    );
    if (recent.empty()) {
        throw Problem{ProblemKind::not_found, "the session's time in the bin is over"};
    }
    // Not those that had been deleted before it.
    auto const bytes = database
                           .query(
                               "SELECT coalesce(sum(bytes), 0) AS bytes FROM stem WHERE session=$1 "
                               "AND deleted=$2",
                               {id, deleted}
                           )
                           .front()
                           .integer("bytes");
    auto const paid = database.query(
        "UPDATE tenant SET used_bytes=used_bytes+$2 WHERE id=$1 AND used_bytes+$2<=quota_bytes "
        "RETURNING id",
        {session.text("tenant"), bytes}
    );
    if (paid.empty()) {
        throw Problem{
            ProblemKind::quota_exceeded, "the client's storage has no room for its stems any more"};
    }
    database.query(
        "UPDATE stem SET deleted=NULL, updated=now_ms() WHERE session=$1 AND deleted=$2",
        {id, deleted}
    );
    database.query(
        "UPDATE session SET deleted=NULL, version=version+1, updated=now_ms() WHERE id=$1", {id}
    );
    note_action(
        call, {.action = "session.undeleted", .subject = id, .client = session.text("tenant")}
    );
    return show_session(call);
}

Response purge_session(Call const& call) {
    auto const known = call.database().query(
        "SELECT deleted FROM session WHERE id=$1", {call.request.path_value("session")}
    );
    if (!known.empty() && !known.front().maybe_integer("deleted")) {
        throw Problem{
            ProblemKind::conflict, "only a deleted session can be purged; delete it first"};
    }
    auto const session = deleted_session(call);
    auto const& id = session.text("id");
    check_at_rest(call, id);
    remove_everything(call.database(), id);
    note_action(
        call, {.action = "session.purged", .subject = id, .client = session.text("tenant")}
    );
    return empty_answer();
}

std::int64_t purge_old_sessions(Database& database, std::int64_t age_ms) {
    Transaction transaction{database};
    auto const old = database.query(
        "SELECT s.id AS id, s.tenant AS tenant FROM session s WHERE s.deleted<=now_ms()-$1 "
        "AND NOT EXISTS(SELECT 1 FROM job j WHERE j.session=s.id AND j.state "
        "IN('queued','leased')) "
        "AND NOT EXISTS(SELECT 1 FROM upload u WHERE u.session=s.id AND u.state='receiving') "
        "ORDER BY s.id LIMIT $2",
        {age_ms, kAtOnce}
    );
    for (auto const& session : old) {
        remove_everything(database, session.text("id"));
        note_own(
            database,
            {.action = "session.purged",
             .subject = session.text("id"),
             .client = session.text("tenant")}
        );
    }
    transaction.commit();
    return static_cast<std::int64_t>(old.size());
}

} // namespace stemlathe::service
