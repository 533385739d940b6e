#include "host/session/session_toml.hpp"

#include "host/toml/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace stemlathe {

namespace {

bool is_alphanumeric(char c) noexcept {
    return std::isdigit(static_cast<unsigned char>(c)) != 0 || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Country, registrant, year and designation. Source: ISO 3901; IFPI ISRC Handbook, section 3.
bool is_isrc(std::string_view isrc) {
    return isrc.size() == 12 &&
           std::ranges::all_of(isrc.substr(0, 2), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
           std::ranges::all_of(isrc.substr(2, 3), is_alphanumeric) &&
           std::ranges::all_of(isrc.substr(5), is_digit);
}

/// Twelve or thirteen digits of which the last checks the others. Source: GS1 General
/// Specifications 7.9.
bool is_upc(std::string_view upc) {
    if ((upc.size() != 12 && upc.size() != 13) || !std::ranges::all_of(upc, is_digit)) {
        return false;
    }
    int sum = 0;
    for (std::size_t i = 0; i + 1 < upc.size(); ++i) {
        auto const place_from_end = upc.size() - 2 - i;
        sum += (upc[i] - '0') * (place_from_end % 2 == 0 ? 3 : 1);
    }
    return (10 - sum % 10) % 10 == upc.back() - '0';
}

bool is_date(std::string_view date) {
    auto const is_part = [&](std::size_t from, std::size_t count) {
        return std::ranges::all_of(date.substr(from, count), is_digit);
    };
    return date.size() == 10 && date[4] == '-' && date[7] == '-' && is_part(0, 4) &&
           is_part(5, 2) && is_part(8, 2);
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

SessionInfo read_info(TableReader& reader) {
    SessionInfo info;
    info.title = reader.text("title").value_or("");
    info.artist = reader.text("artist").value_or("");
    info.album = reader.text("album").value_or("");
    info.isrc = reader.text("isrc").value_or("");
    std::erase(info.isrc, '-');
    info.upc = reader.text("upc").value_or("");
    info.date = reader.text("date").value_or("");
    info.genre = reader.text("genre").value_or("");
    info.audience = reader.text("audience").value_or("");
    info.platforms = reader.texts("platforms").value_or(std::vector<std::string>{});
    check(reader, "isrc", info.isrc, is_isrc(info.isrc), "like QZABC2600001 (12 characters)");
    check(reader, "upc", info.upc, is_upc(info.upc), "12 or 13 digits with a right check digit");
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
    reader.finish();
    return hint;
}

} // namespace

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
        (void)reference->texts("tracks");
        reference->finish();
    }
    if (auto intake = reader.table("intake")) {
        file.strict_intake = intake->boolean("strict").value_or(false);
        intake->finish();
    }
    reader.finish();
    return file;
}

} // namespace stemlathe
