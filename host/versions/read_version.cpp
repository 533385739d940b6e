#include "host/versions/read_version.hpp"

#include "formats/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

constexpr Range kMoment_s{0.0, 86'400.0};
constexpr std::size_t kNameLettersMax = 64;
constexpr std::size_t kMutesMax = 1000;

VersionMute read_mute(TableReader reader) {
    VersionMute mute{.stem = reader.text("stem").value_or("")};
    if (mute.stem.empty()) {
        reader.fail("stem", "is missing; name the stem that is silent there");
    }
    auto const start_s = reader.number("start_s", kMoment_s);
    auto const end_s = reader.number("end_s", kMoment_s);
    if (!start_s || !end_s) {
        reader.fail(start_s ? "end_s" : "start_s", "is missing; say from when to when, in seconds");
    }
    if (*end_s <= *start_s) {
        reader.fail("end_s", fmt::format("is {}; it must be after start_s ({})", *end_s, *start_s));
    }
    mute.start_s = *start_s;
    mute.end_s = *end_s;
    mute.fade_s = reader.number("fade_s", {0.0, 10.0}).value_or(mute.fade_s);
    reader.finish();
    return mute;
}

} // namespace

bool is_version_name(std::string_view name) noexcept {
    auto const is_safe = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !name.empty() && name.front() != '-' && name.size() <= kNameLettersMax &&
           std::ranges::all_of(name, is_safe);
}

VersionPlan read_version(TableReader& reader, std::string name) {
    VersionPlan version{.name = std::move(name)};
    version.stems = reader.texts("stems").value_or(std::vector<std::string>{});
    auto mutes = reader.tables("mute");
    if (mutes.size() > kMutesMax) {
        reader.fail(
            "mute", fmt::format("has {} entries; it must have at most {}", mutes.size(), kMutesMax)
        );
    }
    for (auto& mute : mutes) {
        version.mute.push_back(read_mute(std::move(mute)));
    }
    if (auto const isrc = reader.text("isrc")) {
        auto const normalised = normalised_isrc(*isrc);
        if (!normalised) {
            reader.fail(
                "isrc",
                fmt::format("is \"{}\"; it must be like QZABC2600001 (12 characters)", *isrc)
            );
        }
        version.isrc = *normalised;
    }
    if (auto const peaks = reader.word("peaks", {"exact", "trim"})) {
        version.peaks = *peaks == "trim" ? VersionPeaks::trim : VersionPeaks::exact;
    }
    reader.finish();
    return version;
}

std::vector<VersionPlan> read_session_versions(TableReader& document, std::string const& file) {
    std::vector<VersionPlan> versions;
    auto readers = document.table("versions");
    if (!readers) {
        return versions;
    }
    for (auto const& [key, node] : *document.node("versions")->as_table()) {
        std::string const name{key.str()};
        auto reader = readers->table(name);
        if (!is_version_name(name)) {
            throw Failure{
                Code::invalid_session,
                fmt::format(
                    "{}: versions.\"{}\" becomes part of file names; a version's name must be 1 to "
                    "64 letters, digits, - and _",
                    file,
                    name
                )}
                .about_file(file)
                .about_key("versions");
        }
        versions.push_back(read_version(*reader, name));
    }
    return versions;
}

} // namespace stemlathe
