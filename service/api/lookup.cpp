#include "service/api/lookup.hpp"

#include "service/api/problem.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

// A render as the API shows it lies in two tables.
constexpr std::string_view kRenderColumns =
    "SELECT r.id AS id, r.tenant AS tenant, r.session AS session, r.revision AS revision, "
    "r.job AS job, r.plan AS plan, r.deliveries AS deliveries, r.stems AS stems, "
    "r.round AS round, r.changes AS changes, r.created AS created, j.class AS class, "
    "j.state AS state, j.progress AS progress, j.stage AS stage, j.error AS error, "
    "j.error_code AS error_code, "
    "j.engine AS engine, j.result AS result, j.attempt AS attempt, j.cancel_req AS cancel_req, "
    "j.started AS started, j.finished AS finished "
    "FROM render r JOIN job j ON j.id=r.job JOIN session s ON s.id=r.session "
    "WHERE s.deleted IS NULL AND r.id=$1";

[[noreturn]] void refuse(std::string_view what) {
    throw Problem{ProblemKind::not_found, fmt::format("there is no such {}", what)};
}

} // namespace

Found session_of(Call const& call) {
    auto rows = call.database().query(
        "SELECT * FROM session WHERE id=$1 AND deleted IS NULL",
        {call.request.path_value("session")}
    );
    if (rows.empty() ||
        !call.who.sees_session(rows.front().text("tenant"), rows.front().text("id"))) {
        refuse("session");
    }
    return Found{std::move(rows)};
}

Found part_of_session(Call const& call, std::string_view table) {
    auto const session = session_of(call);
    bool const is_deletable = table == "stem" || table == "plan" || table == "comment";
    auto rows = call.database().query(
        fmt::format(
            "SELECT * FROM {} WHERE id=$1 AND session=$2{}",
            table,
            is_deletable ? " AND deleted IS NULL" : ""
        ),
        {call.request.path_value(table), session->text("id")}
    );
    if (rows.empty()) {
        refuse(table);
    }
    return Found{std::move(rows)};
}

Found render_of(Call const& call) {
    auto rows = call.database().query(kRenderColumns, {call.request.path_value("render")});
    if (rows.empty()) {
        refuse("render");
    }
    auto const& row = rows.front();
    bool const is_hidden = !call.who.render.empty() && call.who.render != row.text("id");
    if (is_hidden || !call.who.sees_session(row.text("tenant"), row.text("session"))) {
        refuse("render");
    }
    return Found{std::move(rows)};
}

Found render_named(Call const& call, std::string const& session, std::string const& render) {
    auto rows = call.database().query(kRenderColumns, {render});
    bool const is_hidden = !call.who.render.empty() && call.who.render != render;
    if (rows.empty() || is_hidden || rows.front().text("session") != session) {
        refuse("render");
    }
    return Found{std::move(rows)};
}

std::string tenant_for(Call const& call, std::optional<std::string> const& client) {
    if (!client) {
        return call.who.tenant;
    }
    auto const rows = call.database().query("SELECT id FROM tenant WHERE id=$1", {*client});
    if (rows.empty() || !call.who.sees_tenant(*client)) {
        refuse("client");
    }
    return *client;
}

std::optional<std::string> standing_approval(Call const& call, std::string const& render) {
    auto const rows = call.database().query(
        "SELECT id FROM approval WHERE render=$1 AND withdrawn IS NULL ORDER BY id DESC LIMIT 1",
        {render}
    );
    return rows.empty() ? std::nullopt : std::optional{rows.front().text("id")};
}

} // namespace stemlathe::service
