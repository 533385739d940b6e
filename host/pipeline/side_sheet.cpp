#include "host/pipeline/side_sheet.hpp"

#include "host/model/profile.hpp"
#include "host/pipeline/delivery_name.hpp"
#include "host/vinyl/side_plan.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace stemlathe {

namespace {

/// What the checks of a cutting room found, one a line.
std::string check_lines(std::vector<CutCheck> const& checks) {
    std::string text = "\nChecks of the file:\n";
    for (auto const& check : checks) {
        text += fmt::format("  {:<5} {}.\n", check.passed ? "ok" : "WARN", check.message);
    }
    return text;
}

std::string level_line(std::string_view what, std::optional<double> value, std::string_view unit) {
    return value ? fmt::format("{:<22}{:.1f} {}\n", what, *value, unit)
                 : fmt::format("{:<22}not measurable\n", what);
}

/// What was done to the low end and above, and whether anything limits.
std::string processing_lines(DeliveryPlan const& plan) {
    auto const profile = profile_of(plan);
    std::vector<std::string> steps;
    if (plan.limiter.is_off()) {
        steps.emplace_back("no limiter");
    } else {
        steps.emplace_back("true-peak limiter");
    }
    if (profile.low_end && profile.low_end->high_pass_hz > 0.0) {
        steps.push_back(fmt::format("high-pass {:g} Hz, 12 dB/oct", profile.low_end->high_pass_hz));
    }
    steps.emplace_back("low-pass 17 kHz, 12 dB/oct");
    if (profile.low_end && profile.low_end->side_high_pass_hz > 0.0) {
        steps.push_back(fmt::format(
            "side signal high-passed at {:g} Hz, {:g} dB/oct",
            profile.low_end->side_high_pass_hz,
            profile.low_end->side_slope_db_oct
        ));
    }
    steps.emplace_back("sibilance band at 7 kHz controlled");
    return fmt::format("\nProcessing, all linear phase:\n  {}.\n", fmt::join(steps, ";\n  "));
}

} // namespace

std::string
side_sheet(DeliveryReport const& report, Session const& session, std::string const& wave_file) {
    auto const& reading = report.reading;
    auto const whole_s = static_cast<std::int64_t>(reading.duration_s);
    std::string text = "SIDE SHEET\n\n";
    text += fmt::format("{:<22}{}\n", "Artist", session.info.artist);
    text += fmt::format("{:<22}{}\n", "Title", song_name(session));
    text += fmt::format("{:<22}{}\n", "ISRC", session.info.isrc);
    text += fmt::format("{:<22}{}\n", "File", wave_file);
    text += fmt::format(
        "{:<22}{} Hz, {} bit, stereo\n",
        "Format",
        *report.plan.sample_rate_hz,
        *report.plan.bit_depth
    );
    text += fmt::format(
        "{:<22}{:02}:{:02}:{:02} (mm:ss:frames of 1/75 s)\n",
        "Length",
        whole_s / 60,
        whole_s % 60,
        static_cast<int>((reading.duration_s - static_cast<double>(whole_s)) * 75.0)
    );
    text += level_line("Integrated loudness", reading.integrated_lufs, "LUFS");
    text += level_line("Loudest 3 s", reading.short_term_max_lufs, "LUFS");
    text += level_line("True peak", reading.true_peak_dbtp, "dBTP");
    text += fmt::format("{:<22}{}\n", "Side", side_format_named(*report.plan.side_format).what);
    return text + processing_lines(report.plan) + check_lines(report.cutting) +
           "\nTrack 1 starts at 00:00:00.\n";
}

} // namespace stemlathe
