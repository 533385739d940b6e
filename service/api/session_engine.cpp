#include "service/api/session_engine.hpp"

#include "host/engine_generation.hpp"
#include "service/api/answers.hpp"
#include "service/store/events.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace stemlathe::service {

namespace {

constexpr std::size_t kChangesMax = 200; ///< as revision_changes.hpp

/// A worker that counts no engines yet leaves a finished render and no number: it was the first.
/// @param but  a job that does not count
std::optional<std::int64_t>
engine_without(Database& database, std::string const& session, std::string const& but) {
    auto const rows = database.query(
        "SELECT COALESCE(s.engine, CASE WHEN EXISTS(SELECT 1 FROM render r JOIN job j ON "
        "j.id=r.job "
        "WHERE r.session=s.id AND j.state='succeeded' AND j.id<>$2) THEN $3 END) AS engine "
        "FROM session s WHERE s.id=$1",
        {session, but, kFirstEngine}
    );
    return rows.empty() ? std::nullopt : rows.front().maybe_integer("engine");
}

/// Revisions that wait already want what the session has from now on.
void go_over(
    Database& database,
    std::string const& session,
    std::optional<std::int64_t> before,
    std::int64_t engine
) {
    database.query("UPDATE session SET engine=$2 WHERE id=$1", {session, engine});
    database.query(
        "UPDATE job SET engine=$2 WHERE state='queued' AND kind='render' AND "
        "COALESCE(engine, $3)=$3 AND id IN(SELECT job FROM render WHERE session=$1)",
        {session, engine, before.value_or(0)}
    );
}

/// First, for it may explain what else is heard.
void say_in_changes(
    Database& database, std::string const& render, std::int64_t before, std::int64_t engine
) {
    auto const rows = database.query("SELECT changes FROM render WHERE id=$1", {render});
    auto changes = stored_json(rows.front().text("changes")).as_array();
    if (changes.size() == kChangesMax) {
        changes.pop_back();
    }
    boost::json::object const change{{"pointer", "/engine"}, {"before", before}, {"after", engine}};
    changes.insert(changes.begin(), change);
    database.query(
        "UPDATE render SET changes=$2 WHERE id=$1", {render, boost::json::serialize(changes)}
    );
}

} // namespace

std::optional<std::int64_t> engine_of_session(Database& database, std::string const& session) {
    return engine_without(database, session, "");
}

void note_engine(
    Database& database, JobEnd const& end, std::string const& render, std::int64_t revision
) {
    if (!end.session) {
        return;
    }
    auto const before = engine_without(database, *end.session, end.job);
    if (before == end.engine) {
        return;
    }
    go_over(database, *end.session, before, end.engine);
    if (!before) {
        return;
    }
    say_in_changes(database, render, *before, end.engine);
    append_event(
        database,
        {.tenant = end.tenant,
         .session = end.session,
         .type = "session.engine_changed",
         .subject = *end.session,
         .data = boost::json::serialize(boost::json::object{
             {"render", render}, {"revision", revision}, {"before", *before}, {"after", end.engine}}
         )}
    );
}

} // namespace stemlathe::service
