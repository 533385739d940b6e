#include "host/intake/time_reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace stemlathe {

namespace {

/// Where the file starts in the day; nothing where it does not say, or where somebody knows better.
std::optional<double> start_s(Stem const& stem) {
    if (!stem.media.time_reference_frames || stem.offset_s != 0.0) {
        return std::nullopt;
    }
    return static_cast<double>(*stem.media.time_reference_frames) / stem.media.rate_hz;
}

Finding finding(std::string code, Stem const& stem, double later_s, std::string message) {
    return {
        .code = std::move(code),
        .severity = Severity::warn,
        .stem = stem.file,
        .measured = later_s,
        .limit = 0.0,
        .unit = "s",
        .message = std::move(message)};
}

} // namespace

void align_by_time_references(Session& session, double longest_s) {
    double earliest_s = std::numeric_limits<double>::infinity();
    for (auto const& stem : session.stems) {
        earliest_s = std::min(earliest_s, start_s(stem).value_or(earliest_s));
    }
    double end_s = 0.0;
    for (auto const& stem : session.stems) {
        end_s = std::max(
            end_s, start_s(stem).value_or(earliest_s) - earliest_s + stem.media.duration_s()
        );
    }
    bool const is_possible = end_s <= longest_s;
    for (auto& stem : session.stems) {
        double const later_s = start_s(stem).value_or(earliest_s) - earliest_s;
        if (!(later_s * stem.media.rate_hz >= 1.0)) {
            continue;
        }
        if (is_possible) {
            stem.time_reference_s = later_s;
            stem.offset_s = later_s;
        }
        session.findings.push_back(finding(
            "time_reference_mismatch",
            stem,
            later_s,
            fmt::format(
                "{} starts {:.6f} s after the earliest stem by its BWF time reference{}. Export "
                "all "
                "stems from one starting point, or set offset_s for it in session.toml",
                stem.file,
                later_s,
                is_possible ? ", and was put there"
                            : ", which would make the session too long, so it was not believed"
            )
        ));
    }
}

void ignore_time_references(Session& session) {
    std::erase_if(session.findings, [](Finding const& each) {
        return each.code == "time_reference_mismatch";
    });
    for (auto& stem : session.stems) {
        if (stem.time_reference_s == 0.0) {
            continue;
        }
        session.findings.push_back(finding(
            "time_reference_contradicts_audio",
            stem,
            stem.time_reference_s,
            fmt::format(
                "{} should start {:.6f} s after the earliest stem by its BWF time reference, but "
                "fits "
                "the reference mix only where its file starts with the others'; it was left there. "
                "Nothing needs to be done if the master sounds right",
                stem.file,
                stem.time_reference_s
            )
        ));
        stem.offset_s -= stem.time_reference_s;
        stem.time_reference_s = 0.0;
    }
}

} // namespace stemlathe
