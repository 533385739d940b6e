#include "host/intake/session_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace stemlathe {

namespace {

constexpr double kSame = 0.999;
constexpr double kTruePeak_dbtp = 0.0;
constexpr double kLateStart_s = 5.0;
constexpr float kAudible_lufs = -60.0F;
constexpr double kHop_s = 0.1; ///< of StemReading::level_lufs

bool comparable(Stem const& first, Stem const& second) {
    return first.media.rate_hz == second.media.rate_hz && first.offset_s == second.offset_s;
}

Finding duplicate(Stem const& first, Stem const& second, double likeness) {
    return {
        .code = "duplicate_stem",
        .severity = Severity::warn,
        .stem = second.file,
        .measured = likeness,
        .limit = kSame,
        .unit = "correlation",
        .message = fmt::format(
            "{} is the same audio as {}{}; take one of them out, or export the stem that it should "
            "be",
            second.file,
            first.file,
            likeness < 0.0 ? " upside down" : ""
        )};
}

/// The first moment at which the stem is heard; infinite where it never is.
double first_sound_s(StemReading const& reading) {
    auto const first =
        std::ranges::find_if(reading.level_lufs, [](float level) { return level > kAudible_lufs; });
    return first == reading.level_lufs.end()
               ? std::numeric_limits<double>::infinity()
               : kHop_s * static_cast<double>(first - reading.level_lufs.begin());
}

} // namespace

void find_duplicates(std::span<SurveyedStem const> stems, std::vector<Finding>& findings) {
    for (std::size_t later = 1; later < stems.size(); ++later) {
        for (auto const& earlier : stems.first(later)) {
            auto const& stem = *stems[later].stem;
            if (!comparable(*earlier.stem, stem)) {
                continue;
            }
            double const likeness = stems[later].print->likeness(*earlier.print);
            if (std::abs(likeness) > kSame) {
                findings.push_back(duplicate(*earlier.stem, stem, likeness));
                break; // of three that are the same, two are too many
            }
        }
    }
}

void find_true_peaks(std::span<SurveyedStem const> stems, std::vector<Finding>& findings) {
    for (auto const& [stem, reading, print] : stems) {
        if (stem->media.is_float || !reading->true_peak_dbtp ||
            *reading->true_peak_dbtp <= kTruePeak_dbtp) {
            continue;
        }
        findings.push_back(
            {.code = "true_peak_over",
             .severity = Severity::warn,
             .stem = stem->file,
             .measured = *reading->true_peak_dbtp,
             .limit = kTruePeak_dbtp,
             .unit = "dBTP",
             .message = fmt::format(
                 "{} peaks at {:+.1f} dBTP between its samples: it was normalised or limited up to "
                 "full scale. Export it a few dB lower, without a limiter",
                 stem->file,
                 *reading->true_peak_dbtp
             )}
        );
    }
}

void find_late_start(
    std::span<SurveyedStem const> stems, double window_from_s, std::vector<Finding>& findings
) {
    double first_s = std::numeric_limits<double>::infinity();
    for (auto const& each : stems) {
        first_s = std::min(first_s, first_sound_s(*each.reading));
    }
    if (window_from_s > 0.0 || first_s <= kLateStart_s || !std::isfinite(first_s)) {
        return;
    }
    findings.push_back(
        {.code = "late_start",
         .severity = Severity::warn,
         .start_s = 0.0,
         .end_s = first_s,
         .measured = first_s,
         .limit = kLateStart_s,
         .unit = "s",
         .message = fmt::format(
             "no stem sounds in the first {:.1f} s, and the masters would begin with that silence; "
             "export all stems from just before the first sound",
             first_s
         )}
    );
}

} // namespace stemlathe
