#include "host/verify/check_audio.hpp"

#include "host/model/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace stemlathe {

namespace {

/// Half of the last digit that qc.json writes, and what processors differ by in the one before.
constexpr double kWrittenLevel = 0.006;
constexpr double kWrittenLimit = 0.0006;

/// Decoders of lossy files may differ by a step of 16 bits here and there (ISO 11172-4 wants no
/// more).
constexpr double kDecodedLevel = 0.05;

/// How far a figure may lie from the one that was written. A moment is not compared: of equal
/// maxima another processor may find another first.
std::optional<double> tolerance_of(std::string_view key, bool is_lossy) {
    if (key.ends_with("_at_s")) {
        return std::nullopt;
    }
    if (key.ends_with("dc")) {
        return is_lossy ? 1e-5 : 1e-8;
    }
    if (key == "overs" || key == "clipped_samples" || key == "bits_used") {
        return is_lossy ? 16.0 : 0.0;
    }
    if (key.ends_with("_s")) {
        return is_lossy ? 0.021 : 0.0006; // two hops of 10 ms; a rounding
    }
    if (key.starts_with("correlation")) {
        return is_lossy ? 0.005 : 0.0002;
    }
    return is_lossy ? kDecodedLevel : kWrittenLevel;
}

std::string figure_text(std::optional<double> value) {
    return value ? fmt::format("{:.6g}", *value) : "nothing";
}

std::optional<double> find_figure(FigureMap const& figures, std::string const& key) {
    auto const found = figures.find(key);
    return found == figures.end() ? std::nullopt : std::optional{found->second};
}

std::optional<double>
measured_for(QcCheck const& check, ListedFile const& listed, LoudnessReading const& reading) {
    if (check.code == "loudness") {
        return reading.integrated_lufs;
    }
    if (check.code == "true_peak") {
        return reading.true_peak_dbtp;
    }
    if (check.code == "short_term") {
        return reading.short_term_max_lufs;
    }
    if (check.code == "length" && !listed.is_lossy) { // lossy containers only estimate it
        return std::round(reading.duration_s * listed.sample_rate_hz);
    }
    return std::nullopt;
}

/// The limit that `measured` breaks.
std::optional<double> broken_limit(QcCheck const& check, double measured) {
    if (check.min && measured < *check.min - kWrittenLimit) {
        return check.min;
    }
    return check.max && measured > *check.max + kWrittenLimit ? check.max : std::nullopt;
}

} // namespace

FigureMap figure_map(LoudnessReading const& reading) {
    FigureMap figures;
    auto const add = [&](std::string const& prefix, std::vector<QcFigure> const& list) {
        for (auto const& figure : list) {
            if (figure.value) {
                figures[prefix + std::string{figure.key}] = *figure.value;
            }
        }
    };
    add("", figures_of(reading));
    for (std::size_t c = 0; c < reading.channels.size(); ++c) {
        add(std::string{channel_name(c, reading.channels.size())} + " ",
            channel_figures_of(reading, c));
    }
    return figures;
}

std::vector<Discrepancy> figure_discrepancies(
    std::string const& path, ListedFile const& listed, LoudnessReading const& reading
) {
    auto const measured = figure_map(reading);
    std::set<std::string> keys;
    for (auto const* figures : {&measured, &listed.figures}) {
        for (auto const& [key, value] : *figures) {
            keys.insert(key);
        }
    }
    std::vector<Discrepancy> found;
    for (auto const& key : keys) {
        auto const tolerance = tolerance_of(key, listed.is_lossy);
        auto const is = find_figure(measured, key);
        auto const was = find_figure(listed.figures, key);
        bool const agree = is && was && tolerance && std::abs(*is - *was) <= *tolerance;
        if (!tolerance || agree) {
            continue;
        }
        found.push_back(
            {.code = "figure",
             .path = path,
             .message = fmt::format(
                 "qc.json says {} of {} is {}; the file measures {}",
                 key,
                 path,
                 figure_text(was),
                 figure_text(is)
             ),
             .measured = is,
             .expected = was}
        );
    }
    return found;
}

std::vector<Discrepancy> limit_discrepancies(
    std::string const& path,
    PackageRecord const& package,
    ListedFile const& listed,
    LoudnessReading const& reading
) {
    std::vector<Discrepancy> found;
    for (auto const& check : package.checks) {
        auto const measured = measured_for(check, listed, reading);
        if (!measured || check.path != listed.path) {
            continue;
        }
        auto const limit = broken_limit(check, *measured);
        if (limit) {
            found.push_back(
                {.code = "outside_spec",
                 .path = path,
                 .message = fmt::format(
                     "{} of {} is {:.2f} {}; the limit is {:.2f}",
                     check.what,
                     path,
                     *measured,
                     check.unit,
                     *limit
                 ),
                 .measured = measured,
                 .expected = limit,
                 .unit = check.unit}
            );
        }
        if (limit.has_value() == check.pass && check.code != "length") {
            found.push_back(
                {.code = "figure",
                 .path = path,
                 .message = fmt::format(
                     "qc.json says that {} of {} {}, which is not so",
                     check.what,
                     path,
                     check.pass ? "passes" : "fails"
                 ),
                 .measured = measured,
                 .expected = check.measured,
                 .unit = check.unit}
            );
        }
    }
    return found;
}

std::vector<std::string> laxer_limits(PackageRecord const& package) {
    auto const profiles = delivery_profiles();
    auto const profile = std::ranges::find(profiles, package.profile, &DeliveryProfile::name);
    if (profile == profiles.end() || !profile->true_peak_dbtp) {
        return {};
    }
    double const usual = profile->is_lossy ? kDecodedPeak_dbtp : *profile->true_peak_dbtp;
    std::vector<std::string> notes;
    for (auto const& check : package.checks) {
        if (check.code == "true_peak" && check.max && *check.max > usual + kWrittenLimit) {
            notes.push_back(fmt::format(
                "{} allows a true peak of {:.1f} dBTP, more than the profile {} itself ({:.1f})",
                package.package,
                *check.max,
                package.profile,
                usual
            ));
        }
        bool const has_range = check.code == "loudness" && check.min && check.max;
        if (has_range && profile->integrated_lufs && !profile->hard_max_lufs &&
            *check.max - *check.min > 2.0 * profile->tolerance_lu + kWrittenLimit) {
            notes.push_back(fmt::format(
                "{} allows {:.1f} to {:.1f} LUFS, a wider range than the profile {} itself",
                package.package,
                *check.min,
                *check.max,
                package.profile
            ));
        }
    }
    return notes;
}

} // namespace stemlathe
