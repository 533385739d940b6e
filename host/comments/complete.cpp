#include "host/comments/complete.hpp"

#include "kernels/base/stage.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace stemlathe {

namespace {

constexpr double kLevel_s = 0.1; // StemReading::level_lufs

/// The values of a trace between two times of it, whole steps that touch them.
std::span<float const>
between(std::vector<float> const& trace, double step_s, double from_s, double to_s) {
    constexpr double kTiny = 1e-6; // 0.3 / 0.1 may be a little more than 3
    auto const size = static_cast<double>(trace.size());
    auto const first = std::clamp(std::floor(from_s / step_s + kTiny), 0.0, size);
    auto const last = std::clamp(std::ceil(to_s / step_s - kTiny), first, size);
    return std::span{trace}.subspan(
        static_cast<std::size_t>(first), static_cast<std::size_t>(last - first)
    );
}

std::optional<double> mean_level(std::span<float const> levels_db) {
    double power = 0.0;
    for (auto const level : levels_db) {
        power += std::pow(10.0, static_cast<double>(level) / 10.0);
    }
    auto const count = static_cast<double>(std::max<std::size_t>(levels_db.size(), 1));
    double const level_db = db_from_power(power / count);
    return level_db > kSilence_db ? std::optional{level_db} : std::nullopt;
}

bool was_measured(CommentReading const& reading) noexcept {
    return reading.measurements.to_s > reading.measurements.from_s;
}

} // namespace

void add_levels(
    std::vector<CommentReading>& readings, std::span<StemReading const> stems, double start_s
) {
    for (auto& reading : readings) {
        auto& measured = reading.measurements;
        for (auto& level : measured.stem_levels) {
            auto const stem = std::ranges::find(stems, level.stem, &StemReading::file);
            if (stem != stems.end()) {
                level.level_lufs = mean_level(between(
                    stem->level_lufs, kLevel_s, measured.from_s - start_s, measured.to_s - start_s
                ));
            }
        }
    }
}

void add_masking(std::vector<CommentReading>& readings, MaskingReading const& masking) {
    for (auto& reading : readings) {
        auto& measured = reading.measurements;
        auto const& stem = reading.comment.stem;
        measured.masking_findings.clear();
        for (std::size_t i = 0; was_measured(reading) && i < masking.findings.size(); ++i) {
            auto const& finding = masking.findings[i];
            bool const overlaps =
                finding.start_s < measured.to_s && finding.end_s > measured.from_s;
            if (overlaps && (stem.empty() || finding.masked == stem || finding.masker == stem)) {
                measured.masking_findings.push_back(i);
            }
        }
    }
}

void add_gain_reduction(
    std::vector<CommentReading>& readings,
    std::span<DeliveryReport const> deliveries,
    double start_s
) {
    for (auto& reading : readings) {
        auto& measured = reading.measurements;
        measured.gain_reduction_db.reset();
        for (auto const& delivery : deliveries) {
            auto const rate_hz = delivery.plan.sample_rate_hz.value_or(0);
            if (rate_hz <= 0 || !was_measured(reading)) {
                continue;
            }
            auto const trace = between(
                delivery.gain_reduction_db,
                static_cast<double>(kTraceHopFrames) / rate_hz,
                measured.from_s - start_s,
                measured.to_s - start_s
            );
            if (!trace.empty()) {
                measured.gain_reduction_db = std::max(
                    measured.gain_reduction_db.value_or(0.0),
                    static_cast<double>(*std::ranges::max_element(trace))
                );
            }
        }
    }
}

void complete(std::vector<CommentReading>& readings, MasteringReport const& report) {
    double const start_s = report.preview ? report.preview->from_s : 0.0;
    add_levels(readings, report.stems, start_s);
    if (report.masking) {
        add_masking(readings, *report.masking);
    }
    add_gain_reduction(readings, report.deliveries, start_s);
}

} // namespace stemlathe
