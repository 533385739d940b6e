#include "service/api/comments.hpp"

#include "host/comments/parse_comments.hpp"
#include "host/model/session.hpp"
#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/document.hpp"
#include "service/api/filename.hpp"
#include "service/api/lookup.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace stemlathe::service {

namespace {

constexpr std::size_t kTextMax = 4000;
constexpr std::size_t kIdMax = 64;
constexpr double kSong_s_max = 6.0 * 3600.0;
constexpr double kMs = 1000.0;
constexpr std::array<std::string_view, 2> kStates{"open", "resolved"};

struct CommentBody {
    std::string text{};
    std::optional<std::int64_t> start_ms{};
    std::optional<std::int64_t> end_ms{};
    std::optional<std::string> stem{};
    std::optional<std::string> render{};
    std::optional<std::string> parent{};
};

std::optional<std::int64_t> to_ms(std::optional<double> seconds) {
    return seconds ? std::optional{static_cast<std::int64_t>(std::llround(*seconds * kMs))}
                   : std::nullopt;
}

/// A moment after a merge patch: the new one, none where it is null, else the one before.
std::optional<std::int64_t>
changed_time(DocumentReader& reader, std::string_view key, std::optional<std::int64_t> before) {
    auto const seconds = reader.number(key, 0.0, kSong_s_max);
    return reader.has(key) ? to_ms(seconds) : before;
}

void check_order(
    DocumentReader& reader, std::optional<std::int64_t> start_ms, std::optional<std::int64_t> end_ms
) {
    if (end_ms && (!start_ms || *end_ms < *start_ms)) {
        reader.wrong("end_s", "must not be before start_s");
    }
}

/// "0:47 - vocal too harsh" is anchored by itself, with the rules of comments.txt.
void anchor_by_text(Call const& call, std::string const& session, CommentBody& comment) {
    Session known;
    known.rate_hz = 1000; // milliseconds will do; the song may be as long as it may get
    known.frames = static_cast<std::int64_t>(kSong_s_max * kMs);
    for (auto const& row : call.database().query(
             "SELECT filename, role FROM stem WHERE session=$1 AND kind='stem' "
             "AND deleted IS NULL ORDER BY filename",
             {session}
         )) {
        auto const role = row.maybe_text("role");
        known.stems.push_back(
            {.path = {},
             .file = row.text("filename"),
             .role = role ? role_named(*role).value_or(Role::other) : Role::other}
        );
    }
    auto const parsed = parse_comments(comment.text, known);
    if (parsed.comments.size() != 1 || !parsed.findings.empty()) {
        return; // several lines, or a time that cannot be: it is about the whole song
    }
    auto const& only = parsed.comments.front();
    if (only.anchored && !only.text.empty()) {
        comment.start_ms = to_ms(only.start_s);
        comment.end_ms = to_ms(only.end_s);
        comment.text = only.text;
    }
    if (!comment.stem && !only.stem.empty()) {
        comment.stem = only.stem;
    }
}

void check_parts(Call const& call, std::string const& session, CommentBody const& comment) {
    if (comment.render) {
        static_cast<void>(render_named(call, session, *comment.render));
    }
    if (comment.parent) {
        auto const rows = call.database().query(
            "SELECT id FROM comment WHERE id=$1 AND session=$2 AND parent IS NULL "
            "AND deleted IS NULL",
            {*comment.parent, session}
        );
        if (rows.empty()) {
            throw Problem{ProblemKind::not_found, "there is no such comment to reply to"};
        }
    }
}

CommentBody read_comment(Call const& call, std::string const& session) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    CommentBody comment;
    reader.require("text");
    comment.text = reader.text("text", kTextMax, 1).value_or("");
    comment.start_ms = to_ms(reader.number("start_s", 0.0, kSong_s_max));
    comment.end_ms = to_ms(reader.number("end_s", 0.0, kSong_s_max));
    comment.stem = reader.text("stem", kFilenameBytesMax);
    comment.render = reader.text("render", kIdMax);
    comment.parent = reader.text("parent", kIdMax);
    check_order(reader, comment.start_ms, comment.end_ms);
    reader.finish();
    if (!call.who.render.empty()) {
        comment.render = call.who.render; // the link is for that revision
    }
    if (!comment.start_ms && !comment.parent) {
        anchor_by_text(call, session, comment);
    }
    check_parts(call, session, comment);
    return comment;
}

void check_room(Call const& call, std::string const& session) {
    auto const rows = call.database().query(
        "SELECT count(*) AS count FROM comment WHERE session=$1 AND deleted IS NULL", {session}
    );
    if (rows.front().integer("count") >= call.services.limits.comments_max) {
        throw Problem{
            ProblemKind::conflict,
            fmt::format("a session holds at most {} comments", call.services.limits.comments_max)};
    }
}

/// Its author, or the house. Reviewers are known by their link.
void check_author(Call const& call, Row const& comment) {
    if (!call.who.is_house() && comment.text("author_id") != call.who.id) {
        throw Problem{ProblemKind::forbidden, "only its author or the house may change a comment"};
    }
}

void tell(Call const& call, Row const& comment, std::string const& what) {
    append_event(
        call.database(),
        {.tenant = comment.text("tenant"),
         .session = comment.text("session"),
         .type = "comment." + what,
         .subject = comment.text("id"),
         .data = "{}"}
    );
}

boost::json::value seconds_or_null(std::optional<std::int64_t> ms) {
    return ms ? boost::json::value(static_cast<double>(*ms) / kMs) : boost::json::value{};
}

Response
set_state(Call const& call, Row const& comment, std::string const& state, Value const& render) {
    auto const rows = call.database().query(
        "UPDATE comment SET state=$2, resolved_by=$3, version=version+1, updated=now_ms() "
        "WHERE id=$1 RETURNING *",
        {comment.text("id"), state, render}
    );
    tell(call, rows.front(), state == "open" ? "reopened" : "resolved");
    return versioned_answer(call, 200, comment_json(rows.front()));
}

void note_comment(Call const& call, Row const& comment, std::string_view action) {
    note_action(
        call,
        {.action = action,
         .subject = comment.text("id"),
         .client = comment.text("tenant"),
         .detail = {{"session", comment.text("session")}}}
    );
}

} // namespace

boost::json::object comment_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"session", row.text("session")},
        {"render", text_or_null(row.maybe_text("render"))},
        {"parent", text_or_null(row.maybe_text("parent"))},
        {"author", row.text("author")},
        {"text", row.text("text")},
        {"start_s", seconds_or_null(row.maybe_integer("start_ms"))},
        {"end_s", seconds_or_null(row.maybe_integer("end_ms"))},
        {"stem", text_or_null(row.maybe_text("stem"))},
        {"state", row.text("state")},
        {"resolved_by", text_or_null(row.maybe_text("resolved_by"))},
        {"round", text_or_null(row.maybe_text("round"))},
        {"version", row.integer("version")},
        {"created", time_text(row.integer("created"))},
        {"updated", updated_text(row)}};
}

Response create_comment(Call const& call) {
    auto const session = session_of(call);
    auto const& session_id = session->text("id");
    auto const comment = read_comment(call, session_id);
    check_room(call, session_id);
    auto const id = make_id("cmt");
    auto const rows = call.database().query(
        "INSERT INTO comment(id, tenant, session, render, parent, author, author_id, text, "
        "start_ms, "
        "end_ms, stem, state, created) "
        "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', now_ms()) "
        "RETURNING *",
        {id,
         session->text("tenant"),
         session_id,
         value_of(comment.render),
         value_of(comment.parent),
         call.who.name,
         call.who.id,
         comment.text,
         value_of(comment.start_ms),
         value_of(comment.end_ms),
         value_of(comment.stem)}
    );
    tell(call, rows.front(), "created");
    return created_answer(
        call, "/v1/sessions/" + session_id + "/comments/" + id, comment_json(rows.front())
    );
}

/// With `?render=`, what was said of that revision or before it and was still open then.
Response list_comments(Call const& call) {
    auto const page = page_of(call);
    auto const session = session_of(call);
    auto const& session_id = session->text("id");
    auto const state = query_word(call, "state", kStates);
    // Who has a link for one revision hears what was said of that one.
    auto const wanted = call.who.render.empty() ? call.request.query_value("render")
                                                : std::optional{call.who.render};
    std::int64_t revision = 0;
    if (wanted) {
        revision = render_named(call, session_id, *wanted)->integer("revision");
    }
    auto const rows = call.database().query(
        "SELECT c.* FROM comment c LEFT JOIN render r ON r.id=c.render "
        "LEFT JOIN render d ON d.id=c.resolved_by WHERE c.session=$1 AND c.deleted IS NULL "
        "AND c.id>$2 AND ($3='' OR c.state=$3) AND ($4=0 OR (coalesce(r.revision, 0)<=$4 "
        "AND (c.state='open' OR d.revision IS NULL OR d.revision>=$4))) "
        "AND coalesce(c.updated, c.created)>=$5 ORDER BY c.id LIMIT $6",
        {session_id, page.after, state, revision, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, comment_json);
}

Response show_comment(Call const& call) {
    auto const comment = part_of_session(call, "comment");
    auto const render = comment->maybe_text("render");
    bool const is_hidden = !call.who.render.empty() && render && *render != call.who.render;
    if (is_hidden) {
        throw Problem{ProblemKind::not_found, "there is no such comment"};
    }
    return versioned_answer(call, 200, comment_json(*comment));
}

Response change_comment(Call const& call) {
    auto const comment = part_of_session(call, "comment");
    check_author(call, *comment);
    check_version(call, comment->integer("version"));
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    auto const text = reader.text("text", kTextMax, 1);
    auto const start_ms = changed_time(reader, "start_s", comment->maybe_integer("start_ms"));
    auto const end_ms = changed_time(reader, "end_s", comment->maybe_integer("end_ms"));
    auto const stem =
        reader.has("stem") ? reader.text("stem", kFilenameBytesMax) : comment->maybe_text("stem");
    check_order(reader, start_ms, end_ms);
    reader.finish();
    auto const rows = call.database().query(
        "UPDATE comment SET text=coalesce($2, text), start_ms=$3, end_ms=$4, stem=$5, "
        "version=version+1, updated=now_ms() WHERE id=$1 RETURNING *",
        {comment->text("id"), value_of(text), value_of(start_ms), value_of(end_ms), value_of(stem)}
    );
    tell(call, rows.front(), "changed");
    note_comment(call, *comment, "comment.changed");
    return versioned_answer(call, 200, comment_json(rows.front()));
}

Response delete_comment(Call const& call) {
    auto const comment = part_of_session(call, "comment");
    check_author(call, *comment);
    check_version(call, comment->integer("version"));
    call.database().query(
        "UPDATE comment SET deleted=now_ms() WHERE id=$1 OR parent=$1", {comment->text("id")}
    );
    tell(call, *comment, "deleted");
    note_comment(call, *comment, "comment.deleted");
    return empty_answer();
}

Response resolve_comment(Call const& call) {
    auto const comment = part_of_session(call, "comment");
    auto const body = parse_document(call.request.body.empty() ? "{}" : call.request.body);
    DocumentReader reader{body};
    auto const render = reader.text("render", kIdMax);
    reader.finish();
    if (render) {
        static_cast<void>(render_named(call, comment->text("session"), *render));
    }
    return set_state(call, *comment, "resolved", value_of(render));
}

Response reopen_comment(Call const& call) {
    return set_state(call, *part_of_session(call, "comment"), "open", Value{nullptr});
}

} // namespace stemlathe::service
