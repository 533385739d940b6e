#include "service/api/stems.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/document.hpp"
#include "service/api/filename.hpp"
#include "service/api/lookup.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace stemlathe::service {

namespace {

constexpr double kOffset_s_max = 6.0 * 3600.0;
constexpr std::int64_t kPriorityMax = 1000; ///< as session.toml's
constexpr std::array<std::string_view, 4> kKinds{
    "stem", "reference_mix", "reference", "attachment"};
constexpr std::array<std::string_view, 3> kStates{"probing", "ready", "rejected"};

double number_in(std::string const& text) {
    double number = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

boost::json::object stem_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"kind", row.text("kind")},
        {"filename", row.text("filename")},
        {"state", row.text("state")},
        {"role", text_or_null(row.maybe_text("role"))},
        {"priority", row.maybe_integer("priority").value_or(0)},
        {"offset_s", number_in(row.maybe_text("offset_s").value_or("0"))},
        {"mute", row.integer("mute") != 0},
        {"bytes", row.integer("bytes")},
        {"sha256", text_or_null(row.maybe_text("digest"))},
        {"media", stored_json(row.maybe_text("media"))},
        {"findings",
         row.maybe_text("findings") ? stored_json(row.maybe_text("findings"))
                                    : boost::json::array{}},
        {"version", row.integer("version")},
        {"created", time_text(row.integer("created"))},
        {"updated", updated_text(row)}};
}

/// A job has one folder for all of a session's files.
void check_filename(Call const& call, Row const& stem, std::optional<std::string> const& name) {
    if (name && !call.database()
                     .query(
                         "SELECT id FROM stem WHERE session=$1 AND filename=$2 AND id<>$3 "
                         "AND deleted IS NULL",
                         {stem.text("session"), *name, stem.text("id")}
                     )
                     .empty()) {
        throw Problem{
            ProblemKind::conflict, fmt::format("the session has a file \"{}\" already", *name)};
    }
}

} // namespace

Response list_stems(Call const& call) {
    auto const page = page_of(call);
    auto const kind = query_word(call, "kind", kKinds);
    auto const state = query_word(call, "state", kStates);
    auto const session = session_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM stem WHERE session=$1 AND deleted IS NULL AND id>$2 AND ($3='' OR kind=$3) "
        "AND ($4='' OR state=$4) AND coalesce(updated, created)>=$5 ORDER BY id LIMIT $6",
        {session->text("id"), page.after, kind, state, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, stem_json);
}

Response show_stem(Call const& call) {
    return versioned_answer(call, 200, stem_json(*part_of_session(call, "stem")));
}

Response change_stem(Call const& call) {
    auto const stem = part_of_session(call, "stem");
    check_version(call, stem->integer("version"));
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    auto const filename = reader.text("filename", kFilenameBytesMax, 1);
    if (filename && !is_plain_filename(*filename)) {
        reader.wrong("filename", "must be a plain file name without a folder");
    }
    auto const role =
        reader.word("role", {"drums", "bass", "vocals", "instruments", "fx", "other"});
    auto const priority = reader.whole("priority", -kPriorityMax, kPriorityMax);
    auto const offset_s = reader.number("offset_s", 0.0, kOffset_s_max);
    auto const offset = offset_s ? std::optional{fmt::format("{}", *offset_s)} : std::nullopt;
    auto const mute = reader.boolean("mute");
    reader.finish();
    check_filename(call, *stem, filename);
    // A merge patch: what is there counts, and null takes the value away.
    auto const rows = call.database().query(
        "UPDATE stem SET filename=coalesce($2, filename), role=$3, priority=$4, offset_s=$5, "
        "mute=coalesce($6, mute), version=version+1, updated=now_ms() WHERE id=$1 RETURNING *",
        {stem->text("id"),
         value_of(filename),
         value_of(reader.has("role") ? role : stem->maybe_text("role")),
         value_of(reader.has("priority") ? priority : stem->maybe_integer("priority")),
         value_of(reader.has("offset_s") ? offset : stem->maybe_text("offset_s")),
         mute ? Value{std::int64_t{*mute}} : Value{nullptr}}
    );
    return versioned_answer(call, 200, stem_json(rows.front()));
}

Response delete_stem(Call const& call) {
    auto const stem = part_of_session(call, "stem");
    check_version(call, stem->integer("version"));
    call.database().query(
        "UPDATE stem SET deleted=now_ms(), version=version+1 WHERE id=$1", {stem->text("id")}
    );
    call.database().query(
        "UPDATE tenant SET used_bytes=used_bytes-$2 WHERE id=$1",
        {stem->text("tenant"), stem->integer("bytes")}
    );
    note_action(
        call,
        {.action = "stem.deleted",
         .subject = stem->text("id"),
         .client = stem->text("tenant"),
         .detail = {{"session", stem->text("session")}, {"filename", stem->text("filename")}}}
    );
    return empty_answer();
}

} // namespace stemlathe::service
