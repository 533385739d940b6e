#include "service/api/sessions.hpp"

#include "formats/text.hpp"
#include "host/report/json_text.hpp"
#include "host/session/session_toml.hpp"
#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/document.hpp"
#include "service/api/lookup.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <array>

namespace stemlathe::service {

namespace {

constexpr std::size_t kTextMax = 300;
constexpr std::size_t kNotesMax = 20'000;
constexpr std::size_t kPlatformsMax = 32;
/// Feedback rounds that the industry needs for a song, to hold one's own average against.
constexpr double kIndustryRounds = 2.4;

constexpr std::array<std::string_view, 5> kPlainDetails{
    "title", "artist", "album", "genre", "audience"};

/// What a share link does not show.
constexpr std::array<std::string_view, 4> kOfTheHouse{"client", "deleted", "preset", "notes"};

constexpr std::array<std::string_view, 6> kStates{
    "draft", "ready", "in_review", "approved", "delivered", "archived"};

constexpr std::array<std::string_view, 2> kYesNo{"true", "false"};

/// Reads what a document says of the release into `details`; null removes.
void read_details(DocumentReader& reader, boost::json::object& details) {
    auto const set = [&](std::string_view key, std::optional<std::string> const& text) {
        if (text) {
            details[key] = *text;
        } else if (reader.is_null(key)) {
            details.erase(key);
        }
    };
    for (auto const key : kPlainDetails) {
        set(key, reader.text(key, kTextMax));
    }
    set("notes", reader.text("notes", kNotesMax));
    auto const given_isrc = reader.text("isrc", kTextMax);
    auto const isrc = given_isrc ? normalised_isrc(*given_isrc) : std::nullopt;
    if (given_isrc && !isrc) {
        reader.wrong("isrc", "must be an ISRC: two letters, three letters or digits, seven digits");
    }
    set("isrc", isrc);
    auto const given_upc = reader.text("upc", kTextMax);
    auto const upc = given_upc ? normalised_upc(*given_upc) : std::nullopt;
    if (given_upc && !upc) {
        reader.wrong("upc", "must be a UPC or EAN: 12 or 13 digits with a right check digit");
    }
    set("upc", upc);
    auto const date = reader.text("date", kTextMax);
    if (date && !is_date(*date)) {
        reader.wrong("date", "must be a date as 2026-11-26");
    }
    set("date", date);
    if (auto const platforms = reader.texts("platforms", kPlatformsMax, kTextMax)) {
        details["platforms"] = boost::json::array(platforms->begin(), platforms->end());
    }
}

/// Feedback rounds per released song of this house, or null before the first.
boost::json::value house_average(Database& database) {
    auto const rows =
        database.query("SELECT count(*) AS songs, coalesce(sum(rounds), 0) AS rounds FROM session "
                       "WHERE state IN('approved','delivered')");
    auto const songs = rows.front().integer("songs");
    if (songs == 0) {
        return nullptr;
    }
    return rounded(
        static_cast<double>(rows.front().integer("rounds")) / static_cast<double>(songs), 2
    );
}

boost::json::object session_json(Row const& row) {
    boost::json::object document{
        {"id", row.text("id")},
        {"client", row.text("tenant")},
        {"state", row.text("state")},
        {"preset", text_or_null(row.maybe_text("preset"))},
        {"revisions", row.integer("revisions")},
        {"rounds", row.integer("rounds")},
        {"version", row.integer("version")},
        {"created", time_text(row.integer("created"))},
        {"updated", time_text(row.integer("updated"))},
        {"deleted", time_or_null(row.maybe_integer("deleted"))}};
    for (auto const key :
         {"title", "artist", "album", "genre", "audience", "isrc", "upc", "date", "notes"}) {
        document[key] = nullptr;
    }
    document["platforms"] = boost::json::array{};
    auto const details = boost::json::parse(row.text("details"));
    for (auto const& [key, value] : details.as_object()) {
        document[key] = value;
    }
    return document;
}

boost::json::object shown_session(Call const& call, Row const& row) {
    auto document = session_json(row);
    if (call.who.rank == Rank::reviewer) {
        for (auto const key : kOfTheHouse) {
            document.erase(key);
        }
        return document;
    }
    document["house_average_rounds"] = house_average(call.database());
    document["industry_average_rounds"] = kIndustryRounds;
    return document;
}

void check_preset(
    Call const& call, std::string const& tenant, std::optional<std::string> const& preset
) {
    if (preset && call.database()
                      .query(
                          "SELECT id FROM preset WHERE id=$1 AND tenant IN($2, 'house') "
                          "AND deleted IS NULL",
                          {*preset, tenant}
                      )
                      .empty()) {
        throw Problem{ProblemKind::not_found, "there is no such preset"};
    }
}

Value or_null(std::optional<std::string> const& text) {
    return text ? Value{*text} : Value{nullptr};
}

} // namespace

Response create_session(Call const& call) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    boost::json::object details;
    read_details(reader, details);
    auto const client = reader.text("client", kTextMax);
    auto const preset = reader.text("preset", kTextMax);
    reader.finish();
    auto const tenant = tenant_for(call, client);
    check_preset(call, tenant, preset);
    auto const id = make_id("ses");
    auto const rows = call.database().query(
        "INSERT INTO session(id, tenant, state, details, preset, created, updated) "
        "VALUES($1, $2, 'draft', $3, $4, now_ms(), now_ms()) RETURNING *",
        {id, tenant, boost::json::serialize(details), or_null(preset)}
    );
    append_event(
        call.database(),
        {.tenant = tenant, .session = id, .type = "session.created", .subject = id, .data = "{}"}
    );
    return created_answer(call, "/v1/sessions/" + id, shown_session(call, rows.front()));
}

Response list_sessions(Call const& call) {
    auto const page = page_of(call);
    auto const state = query_word(call, "state", kStates);
    auto const client = call.request.query_value("client");
    auto const since = updated_since(call);
    bool const is_bin = query_word(call, "deleted", kYesNo) == "true";
    auto const rows = call.database().query(
        fmt::format(
            "SELECT * FROM session WHERE deleted IS {} AND id>$1 AND ($2='' OR tenant=$2) "
            "AND ($3='' OR state=$3) AND {} ORDER BY id LIMIT $5",
            is_bin ? "NOT NULL" : "NULL",
            since > 0 ? "id IN(SELECT id FROM session WHERE updated>=$4)" : "$4=0"
        ),
        {page.after,
         call.who.is_house() ? client.value_or("") : call.who.tenant,
         state,
         since,
         page.limit + 1}
    );
    return list_answer(page, rows, session_json);
}

Response show_session(Call const& call) {
    auto const session = session_of(call);
    return versioned_answer(call, 200, shown_session(call, *session));
}

Response change_session(Call const& call) {
    auto const session = session_of(call);
    check_version(call, session->integer("version"));
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    auto details = boost::json::parse(session->text("details")).as_object();
    read_details(reader, details);
    auto const preset =
        reader.has("preset") ? reader.text("preset", kTextMax) : session->maybe_text("preset");
    auto const archived = reader.boolean("archived");
    reader.finish();
    check_preset(call, session->text("tenant"), preset);
    auto const was = session->text("state");
    auto const state = archived.value_or(false)                    ? std::string{"archived"}
                       : archived.has_value() && was == "archived" ? std::string{"ready"}
                                                                   : was;
    auto const rows = call.database().query(
        "UPDATE session SET details=$2, preset=$3, state=$4, version=version+1, updated=now_ms() "
        "WHERE id=$1 RETURNING *",
        {session->text("id"), boost::json::serialize(details), or_null(preset), state}
    );
    return versioned_answer(call, 200, shown_session(call, rows.front()));
}

Response delete_session(Call const& call) {
    auto const session = session_of(call);
    check_version(call, session->integer("version"));
    auto const busy = call.database().query(
        "SELECT r.id FROM render r JOIN job j ON j.id=r.job "
        "WHERE r.session=$1 AND j.state IN('queued','leased') LIMIT 1",
        {session->text("id")}
    );
    if (!busy.empty()) {
        throw Problem{
            ProblemKind::conflict, "a render of this session is under way; cancel it first"};
    }
    call.database().query(
        "UPDATE session SET deleted=now_ms(), version=version+1, updated=now_ms() WHERE id=$1",
        {session->text("id")}
    );
    note_action(
        call,
        {.action = "session.deleted",
         .subject = session->text("id"),
         .client = session->text("tenant")}
    );
    call.database().query(
        "UPDATE tenant SET used_bytes=used_bytes-coalesce((SELECT sum(bytes) FROM stem "
        "WHERE session=$2 AND deleted IS NULL), 0) WHERE id=$1",
        {session->text("tenant"), session->text("id")}
    );
    call.database().query(
        "UPDATE stem SET deleted=(SELECT deleted FROM session WHERE id=$1) WHERE session=$1 "
        "AND deleted IS NULL",
        {session->text("id")}
    );
    call.database().query(
        "UPDATE share SET revoked=now_ms() WHERE session=$1 AND revoked IS NULL",
        {session->text("id")}
    );
    return empty_answer();
}

void set_session_state(Database& database, std::string const& session, std::string const& state) {
    database.query(
        "UPDATE session SET state=$2, version=version+1, updated=now_ms() WHERE id=$1",
        {session, state}
    );
}

} // namespace stemlathe::service
