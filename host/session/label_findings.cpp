#include "host/session/label_findings.hpp"

#include "host/session/labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string_view>
#include <utility>

namespace stemlathe {

namespace {

Finding label(Severity severity, std::string const& file, std::string message) {
    return {.code = "label", .severity = severity, .stem = file, .message = std::move(message)};
}

} // namespace

std::optional<Finding> label_finding(std::string const& file) {
    auto const role = role_from_label(file);
    if (role) {
        if (is_clear_label(file)) {
            return std::nullopt;
        }
        return label(
            Severity::info,
            file,
            fmt::format(
                "{} was taken for {}; a name such as 03_Vocals.wav says it beyond doubt",
                file,
                name_of(*role)
            )
        );
    }
    if (sounds_like_a_mix(file)) {
        return label(
            Severity::warn,
            file,
            fmt::format(
                "{} is named like a whole mix, but counts as a stem; name it Reference_Mix if it "
                "is the rough bounce of the song, else take it out of the folder",
                file
            )
        );
    }
    return label(
        Severity::warn,
        file,
        fmt::format(
            "{} names no role that stemlathe knows, so it counts as \"other\"; rename it "
            "(01_Drums, 02_Bass, 03_Vocals, 04_Instruments, 05_FX) or give it its role in "
            "session.toml: stem = [{{file = \"{}\", role = \"vocals\"}}]",
            file,
            file
        )
    );
}

std::vector<Finding> number_findings(std::vector<Stem> const& stems) {
    std::map<std::string, std::string> first_with; // number -> file
    std::vector<Finding> findings;
    for (auto const& stem : stems) {
        auto const number = number_of_label(stem.file);
        if (number.empty()) {
            continue;
        }
        auto const [first, is_new] = first_with.emplace(number, stem.file);
        if (!is_new) {
            findings.push_back(label(
                Severity::warn,
                stem.file,
                fmt::format(
                    "{} and {} both have number {}, and both are in the song; if one replaces the "
                    "other, take the old one out, else number them apart",
                    first->second,
                    stem.file,
                    number
                )
            ));
        }
    }
    return findings;
}

std::optional<Finding> reference_finding(std::vector<std::string> const& files) {
    if (files.size() < 2) {
        return std::nullopt;
    }
    return label(
        Severity::warn,
        files.back(),
        fmt::format(
            "{} are named like a reference mix; {} was taken. Leave one in the folder, or name it "
            "in session.toml: reference = {{mix = \"{}\"}}",
            fmt::join(files, ", "),
            files.back(),
            files.back()
        )
    );
}

} // namespace stemlathe
