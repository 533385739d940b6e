#include "host/session/session_toml.hpp"

#include "formats/text.hpp"
#include "host/comments/moments.hpp"
#include "host/comments/parse_comments.hpp"
#include "host/toml/table_reader.hpp"
#include "host/versions/read_version.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe {

namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// The number in `text`, which holds digits only.
int number_in(std::string_view text) {
    int value = 0;
    for (char const c : text) {
        value = 10 * value + (c - '0');
    }
    return value;
}

void check(
    TableReader const& reader,
    std::string_view key,
    std::string const& value,
    bool right,
    char const* rule
) {
    if (!value.empty() && !right) {
        reader.fail(key, fmt::format("is \"{}\"; it must be {}", value, rule));
    }
}

/// A session is sent by strangers: what it names must lie in its own folder.
bool stays_inside(std::filesystem::path const& path) {
    return path.is_relative() && std::ranges::find(path, "..") == path.end();
}

SessionInfo read_info(TableReader& reader) {
    SessionInfo info;
    info.title = reader.text("title").value_or("");
    info.version = reader.text("version").value_or("");
    info.artist = reader.text("artist").value_or("");
    info.album = reader.text("album").value_or("");
    info.isrc = reader.text("isrc").value_or("");
    info.upc = reader.text("upc").value_or("");
    info.date = reader.text("date").value_or("");
    info.track = static_cast<int>(reader.whole("track", {1.0, 99.0}).value_or(0));
    info.genre = reader.text("genre").value_or("");
    info.audience = reader.text("audience").value_or("");
    info.platforms = reader.texts("platforms").value_or(std::vector<std::string>{});
    auto const isrc = normalised_isrc(info.isrc);
    check(reader, "isrc", info.isrc, isrc.has_value(), "like QZABC2600001 (12 characters)");
    info.isrc = isrc.value_or("");
    bool const is_upc = normalised_upc(info.upc).has_value();
    check(reader, "upc", info.upc, is_upc, "12 or 13 digits with a right check digit");
    check(reader, "date", info.date, is_date(info.date), "a date such as 2026-11-25");
    return info;
}

StemHint read_hint(TableReader reader) {
    StemHint hint;
    hint.file = reader.text("file").value_or("");
    if (hint.file.empty()) {
        reader.fail("file", "is missing; name the stem's file");
    }
    if (auto const role =
            reader.word("role", {"drums", "bass", "vocals", "instruments", "fx", "other"})) {
        hint.role = role_named(*role);
    }
    hint.priority = static_cast<int>(reader.whole("priority", {-1000.0, 1000.0}).value_or(0));
    hint.offset_s = reader.number("offset_s", {-3600.0, 3600.0}).value_or(0.0);
    if (auto const part = reader.word("part", {"lead", "backing"})) {
        hint.vocal_part = *part == "lead" ? VocalPart::lead : VocalPart::backing;
    }
    reader.finish();
    return hint;
}

constexpr double kTime_s_max = 86'400.0;

/// `at = "0:47"`, `at = "1:02-1:18"`, `start_s` with or without `end_s`, or no time at all.
void read_time(TableReader& reader, Comment& comment) {
    auto const at = reader.text("at");
    auto const start_s = reader.number("start_s", {0.0, kTime_s_max});
    auto const end_s = reader.number("end_s", {0.0, kTime_s_max});
    if (at && (start_s || end_s)) {
        reader.fail("at", "says the time a second time; keep at or start_s and end_s");
    }
    if (end_s && !start_s) {
        reader.fail("end_s", "has no start_s");
    }
    auto const moment = at ? moment_of(*at) : std::nullopt;
    if (at && !moment) {
        reader.fail("at", fmt::format("is \"{}\"; it must be like 0:47, 1:02.5 or 1:02-1:18", *at));
    }
    comment.anchored = moment || start_s;
    comment.start_s = moment ? moment->start_s : start_s.value_or(0.0);
    comment.end_s = moment ? moment->end_s : end_s.value_or(comment.start_s);
    if (comment.end_s < comment.start_s) {
        reader.fail(
            at ? "at" : "end_s",
            fmt::format("ends at {} s, before it starts ({} s)", comment.end_s, comment.start_s)
        );
    }
}

Comment read_comment(TableReader reader) {
    Comment comment;
    read_time(reader, comment);
    comment.text = reader.text("text").value_or("");
    if (comment.text.empty()) {
        reader.fail("text", "is missing; write what you hear");
    }
    if (comment.text.size() > kComment_line_bytes_max) {
        reader.fail(
            "text",
            fmt::format(
                "has {} bytes; it must have at most {}",
                comment.text.size(),
                kComment_line_bytes_max
            )
        );
    }
    comment.stem = reader.text("stem").value_or("");
    reader.finish();
    return comment;
}

std::vector<Comment> read_comments(TableReader& reader) {
    auto readers = reader.tables("comment");
    if (readers.size() > kCommentsMax) {
        reader.fail(
            "comment",
            fmt::format("has {} entries; it must have at most {}", readers.size(), kCommentsMax)
        );
    }
    std::vector<Comment> comments;
    for (auto& each : readers) {
        comments.push_back(read_comment(each));
    }
    return comments;
}

} // namespace

bool is_date(std::string_view date) {
    auto const is_part = [&](std::size_t from, std::size_t count) {
        return std::ranges::all_of(date.substr(from, count), is_digit);
    };
    if (date.size() != 10 || date[4] != '-' || date[7] != '-' || !is_part(0, 4) || !is_part(5, 2) ||
        !is_part(8, 2)) {
        return false;
    }
    int const month = number_in(date.substr(5, 2));
    int const day = number_in(date.substr(8, 2));
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

StemHint const* SessionFile::hint_for(std::string_view file) const noexcept {
    auto const found = std::ranges::find(stems, file, &StemHint::file);
    return found != stems.end() ? &*found : nullptr;
}

SessionFile load_session_file(std::filesystem::path const& path) {
    SessionFile file;
    if (!std::filesystem::exists(path)) {
        return file;
    }
    auto const document = parse_toml(
        read_text_file(path, Code::invalid_session), path.string(), Code::invalid_session
    );
    TableReader reader{document, path.string(), "", Code::invalid_session};
    file.info = read_info(reader);
    for (auto& stem : reader.tables("stem")) {
        file.stems.push_back(read_hint(stem));
    }
    if (auto reference = reader.table("reference")) {
        file.reference_mix = reference->text("mix").value_or("");
        if (!stays_inside(file.reference_mix)) {
            reference->fail(
                "mix",
                fmt::format("is \"{}\"; it must lie in the session folder", file.reference_mix)
            );
        }
        (void)reference->texts("tracks");
        reference->finish();
    }
    if (auto intake = reader.table("intake")) {
        file.strict_intake = intake->boolean("strict").value_or(false);
        intake->finish();
    }
    file.versions = read_session_versions(reader, path.string());
    file.comments = read_comments(reader);
    reader.finish();
    return file;
}

} // namespace stemlathe
