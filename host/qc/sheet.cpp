#include "host/qc/sheet.hpp"

#include "host/model/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace stemlathe {

namespace {

std::optional<double> difference(std::optional<double> a, std::optional<double> b) {
    return a && b ? std::optional{*a - *b} : std::nullopt;
}

/// All files of a package are equally long.
QcCheck length_check(DeliveryReport const& delivery) {
    auto const frames = static_cast<double>(delivery.files.front().frames);
    auto const failed = std::ranges::find(delivery.failures, "length", &DeliveryFailure::code);
    double const wanted = failed == delivery.failures.end() ? frames : failed->limit;
    return {
        .code = "length",
        .what = "Length",
        .unit = "frames",
        .measured = frames,
        .min = wanted,
        .max = wanted,
        .pass = failed == delivery.failures.end()};
}

QcCheck loudness_check(DeliveryReport const& delivery, DeliveryProfile const& profile) {
    QcCheck check{
        .code = "loudness",
        .what = "Integrated loudness",
        .unit = "LUFS",
        .measured = delivery.reading.integrated_lufs,
        .min = profile.hard_min_lufs,
        .max = profile.hard_max_lufs};
    bool const has_range = profile.hard_max_lufs && !delivery.plan.tolerance_lu;
    if (!has_range) {
        double const low = *delivery.target_lufs - profile.tolerance_lu;
        double const high = *delivery.target_lufs + profile.tolerance_lu;
        check.min = std::max(low, profile.hard_min_lufs.value_or(low));
        check.max = std::min(high, profile.hard_max_lufs.value_or(high));
    }
    check.pass = meets(check, check.measured);
    return check;
}

/// The codec that overshoots most; players clip what lies over full scale.
QcCheck codec_check(CodecReading const& reading) {
    auto const* const worst = worst_of(reading);
    QcCheck check{
        .code = "codec_true_peak",
        .what = "True peak after a lossy codec",
        .unit = "dBTP",
        .max = kDecodedPeak_dbtp,
        .is_advice = true};
    if (worst != nullptr) {
        check.what = "True peak after " + worst->codec;
        check.measured = worst->true_peak_dbtp;
    }
    check.pass = meets(check, check.measured);
    return check;
}

/// Relative to the package's folder.
std::string inner_path(DeliveryPlan const& plan, std::string const& path) {
    return std::filesystem::path{path}.lexically_relative(package_folder(plan)).generic_string();
}

QcProcessing processing_of(MasteringReport const& report, DeliveryReport const& delivery) {
    auto const& plan = delivery.plan;
    return {
        .session_rate_hz = report.sample_rate_hz,
        .rate_hz = plan.sample_rate_hz.value_or(report.sample_rate_hz),
        .bit_depth = plan.bit_depth,
        .dither = plan.dither.value_or(Dither::none),
        .seed = plan.seed.value_or(1),
        .drive_db = delivery.drive_db,
        .trim_db = delivery.trim_db,
        .may_limit = plan.limiter.is_set() && delivery.true_peak_limit_dbtp.has_value(),
        .gain_reduction_max_db = delivery.gain_reduction_max_db,
        .gain_reduction_mean_db = delivery.gain_reduction_mean_db};
}

} // namespace

std::string package_folder(DeliveryPlan const& plan) {
    return "masters/" + plan.name;
}

bool meets(QcCheck const& check, std::optional<double> measured) noexcept {
    return !measured ||
           ((!check.min || *measured >= *check.min) && (!check.max || *measured <= *check.max));
}

std::vector<QcCheck> qc_checks(DeliveryReport const& delivery) {
    auto const profile = profile_of(delivery.plan);
    auto const& reading = delivery.reading;
    std::vector<QcCheck> checks;
    if (delivery.target_lufs) {
        checks.push_back(loudness_check(delivery, profile));
    }
    if (delivery.true_peak_limit_dbtp) {
        bool const is_decoded = !delivery.plan.bit_depth;
        checks.push_back(
            {.code = "true_peak",
             .what = is_decoded ? "True peak, decoded" : "True peak",
             .unit = "dBTP",
             .measured = reading.true_peak_dbtp,
             .max = is_decoded ? kDecodedPeak_dbtp : *delivery.true_peak_limit_dbtp}
        );
        checks.back().pass = meets(checks.back(), reading.true_peak_dbtp);
    }
    if (profile.short_form_max_lufs && reading.duration_s < kShortForm_s) {
        checks.push_back(
            {.code = "short_term",
             .what = "Loudest 3 s (short form)",
             .unit = "LUFS",
             .measured = reading.short_term_max_lufs,
             .max = profile.short_form_max_lufs}
        );
        checks.back().pass = meets(checks.back(), reading.short_term_max_lufs);
    }
    if (!delivery.files.empty()) {
        checks.push_back(length_check(delivery));
        if (delivery.codecs) {
            checks.push_back(codec_check(*delivery.codecs));
        }
        for (auto& check : checks) {
            check.path = inner_path(delivery.plan, delivery.files.front().path);
            check.what += delivery.version.empty() ? "" : ", " + delivery.version;
        }
    }
    return checks;
}

QcSheet qc_sheet(MasteringReport const& report, DeliveryReport const& delivery) {
    QcSheet sheet{
        .engine = report.engine,
        .info = report.info,
        .song = report.info.title.empty() ? report.folder : report.info.title,
        .package = delivery.plan.name,
        .profile = delivery.plan.profile,
        .target_lufs = delivery.target_lufs,
        .processing = processing_of(report, delivery)};
    add_delivery(sheet, delivery);
    for (auto const& finding : report.findings) {
        if (finding.severity == Severity::info) {
            ++sheet.intake_infos;
        } else {
            sheet.intake.push_back(finding);
        }
    }
    return sheet;
}

void add_delivery(QcSheet& sheet, DeliveryReport const& delivery) {
    auto const add = [](auto& to, auto const& more) {
        to.insert(to.end(), more.begin(), more.end());
    };
    sheet.within_spec = sheet.within_spec && delivery.within_spec;
    add(sheet.checks, qc_checks(delivery));
    add(sheet.failures, delivery.failures);
    add(sheet.notes, delivery.notes);
    for (std::size_t i = 0; i < delivery.files.size(); ++i) {
        QcFile entry{.file = delivery.files[i], .codecs = delivery.codecs};
        entry.file.path = inner_path(delivery.plan, entry.file.path);
        if (i < delivery.stem_readings.size()) {
            entry.reading = delivery.stem_readings[i];
        } else if (delivery.reading.signal) {
            entry.reading = delivery.reading;
        }
        sheet.files.push_back(std::move(entry));
    }
}

std::vector<QcFigure> figures_of(LoudnessReading const& reading) {
    auto const& signal = reading.signal ? *reading.signal : SignalReading{};
    auto const count = [](std::int64_t value) {
        return static_cast<double>(value);
    };
    std::optional<double> bits;
    if (signal.bits_used) {
        bits = *signal.bits_used;
    }
    return {
        {"integrated_lufs", reading.integrated_lufs},
        {"loudness_range_lu", reading.loudness_range_lu},
        {"momentary_max_lufs", reading.momentary_max_lufs},
        {"momentary_max_at_s", reading.momentary_max_at_s},
        {"short_term_max_lufs", reading.short_term_max_lufs},
        {"short_term_max_at_s", reading.short_term_max_at_s},
        {"true_peak_dbtp", reading.true_peak_dbtp},
        {"sample_peak_dbfs", reading.sample_peak_dbfs},
        {"plr_db", difference(reading.true_peak_dbtp, reading.integrated_lufs)},
        {"psr_min_db", signal.psr_min_db},
        {"psr_min_at_s", signal.psr_min_at_s},
        {"balance_db", signal.balance_db},
        {"side_mid_db", signal.side_mid_db},
        {"correlation_mean", signal.correlation_mean, 4},
        {"correlation_min", signal.correlation_min, 4},
        {"correlation_min_at_s", signal.correlation_min_at_s},
        {"noise_floor_dbfs", signal.noise_floor_dbfs},
        {"overs", count(signal.overs), 0},
        {"clipped_samples", count(signal.clipped_samples), 0},
        {"start_silence_s", signal.start_silence_s},
        {"end_silence_s", signal.end_silence_s},
        {"longest_silence_s", signal.longest_silence_s},
        {"longest_silence_at_s", signal.longest_silence_at_s},
        {"bits_used", bits, 0}};
}

std::vector<QcFigure> channel_figures_of(LoudnessReading const& reading, std::size_t channel) {
    auto const& peaks = reading.channels.at(channel);
    std::optional<double> dc;
    if (reading.signal && channel < reading.signal->dc.size()) {
        dc = reading.signal->dc[channel];
    }
    return {
        {"true_peak_dbtp", peaks.true_peak_dbtp},
        {"true_peak_at_s", peaks.true_peak_at_s, 6},
        {"sample_peak_dbfs", peaks.sample_peak_dbfs},
        {"dc", dc, 9}};
}

std::string_view channel_name(std::size_t channel, std::size_t channels) noexcept {
    if (channels == 1) {
        return "Mono";
    }
    return channel == 0 ? "L" : "R";
}

std::string duration_text(double seconds) {
    auto const milliseconds = std::llround(std::max(seconds, 0.0) * 1000.0);
    auto const whole = milliseconds / 1000;
    return fmt::format(
        "{:02}:{:02}:{:02}.{:03}", whole / 3600, whole / 60 % 60, whole % 60, milliseconds % 1000
    );
}

} // namespace stemlathe
