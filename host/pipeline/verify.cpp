#include "host/pipeline/verify.hpp"

#include "formats/broadcast_wave.hpp"
#include "formats/checksum.hpp"
#include "formats/reader.hpp"
#include "formats/tags.hpp"
#include "host/intake/null_measure.hpp"
#include "host/model/profile.hpp"
#include "host/pipeline/delivery_files.hpp"
#include "host/pipeline/drive.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace stemlathe {

namespace {

/// How far below its limit a second try aims.
constexpr double kPeakStep_db = 0.03;

bool is_lossy(DeliveryPlan const& plan) {
    return !plan.bit_depth;
}

bool has_failed(DeliveryReport const& report, std::string_view code) {
    return std::ranges::find(report.failures, code, &DeliveryFailure::code) !=
           report.failures.end();
}

DeliveryFailure
failure(std::string code, double measured, double limit, std::string unit, std::string_view what) {
    auto message = fmt::format("{} is {:.2f} {}; the limit is {:.2f}", what, measured, unit, limit);
    return {
        .code = std::move(code),
        .measured = measured,
        .limit = limit,
        .unit = std::move(unit),
        .message = std::move(message)};
}

void check_loudness(
    DeliveryReport const& report,
    DeliveryProfile const& profile,
    std::vector<DeliveryFailure>& failures
) {
    if (!report.target_lufs || !report.reading.integrated_lufs) {
        return;
    }
    double const measured = *report.reading.integrated_lufs;
    double const target = *report.target_lufs;
    auto const add = [&](double limit) {
        failures.push_back(failure("loudness", measured, limit, "LUFS", "integrated loudness"));
    };
    if (profile.hard_max_lufs && measured > *profile.hard_max_lufs) {
        add(*profile.hard_max_lufs);
    } else if (profile.hard_min_lufs && measured < *profile.hard_min_lufs) {
        add(*profile.hard_min_lufs);
    }
    bool const has_range = profile.hard_max_lufs && !report.plan.tolerance_lu;
    bool const is_free = has_range || has_failed(report, "loudness_budget");
    if (!is_free && std::abs(measured - target) > profile.tolerance_lu) {
        add(target);
    }
}

void add_media(DeliveryReport& report, DeliveredFile file, std::int64_t frames) {
    report.files.push_back(std::move(file));
    auto const measured = report.files.back().frames;
    if (measured != frames) { // lossy files too: their padding is accounted for
        report.failures.push_back(failure(
            "length", static_cast<double>(measured), static_cast<double>(frames), "frames", "length"
        ));
    }
    report.within_spec = report.failures.empty();
}

void complete_metadata(
    DeliveryReport const& report, Session const& session, std::filesystem::path const& file
) {
    auto const& reading = report.reading;
    auto const& plan = report.plan;
    if (*plan.container != "WAV") {
        auto tags = tags_of(plan, session);
        bool const has_gain = plan.metadata.replay_gain.value_or(true);
        if (has_gain && reading.integrated_lufs && reading.true_peak_dbtp) {
            tags.replay_gain = ReplayGain{
                .integrated_lufs = *reading.integrated_lufs,
                .true_peak = gain_from_db(*reading.true_peak_dbtp)};
        }
        replace_tags(file, tags);
    } else if (profile_of(plan).is_broadcast_wave) {
        write_loudness_words(file, reading);
    }
}

/// A version's peaks are not what the limiter listened to.
void explain_version_peaks(std::vector<DeliveryFailure>& failures) {
    for (auto& failure : failures) {
        failure.message += ". The file has the master's own gains, so that versions add up to it; "
                           "--version-peaks trim lowers it as a whole instead";
    }
}

} // namespace

void write_loudness_words(std::filesystem::path const& file, LoudnessReading const& reading) {
    patch_broadcast_loudness(
        file,
        {.integrated_lufs = reading.integrated_lufs,
         .range_lu = reading.loudness_range_lu,
         .true_peak_max_dbtp = reading.true_peak_dbtp,
         .momentary_max_lufs = reading.momentary_max_lufs,
         .short_term_max_lufs = reading.short_term_max_lufs}
    );
}

DeliveredFile describe_file(std::filesystem::path const& file, std::filesystem::path const& path) {
    auto const media = Reader{file}.info();
    auto const sums = checksums_of_file(file);
    return {
        .path = path.generic_string(),
        .container = std::string{name_of(media.container)},
        .codec = media.codec,
        .sample_rate_hz = media.rate_hz,
        .bit_depth = media.bit_depth > 0 ? std::optional{media.bit_depth} : std::nullopt,
        .channels = media.channels,
        .frames = media.frames,
        .bytes = static_cast<std::int64_t>(std::filesystem::file_size(file)),
        .sha256 = sums.sha256,
        .md5 = sums.md5};
}

void take_codecs(DeliveryReport& report, std::optional<CodecReading> reading) {
    report.codecs = std::move(reading);
    if (!report.codecs || passes(*report.codecs)) {
        return;
    }
    auto const& worst = *worst_of(*report.codecs);
    double const excess_db = *worst.true_peak_dbtp - kDecodedPeak_dbtp;
    auto note = fmt::format(
        "encoded as {} its true peak becomes {:+.2f} dBTP at {}, which players clip",
        worst.codec,
        *worst.true_peak_dbtp,
        clock_words(*worst.at_s)
    );
    if (report.true_peak_limit_dbtp) {
        note += fmt::format(
            "; with true_peak_dbtp = {:.1f} it would not",
            std::floor(10.0 * (*report.true_peak_limit_dbtp - excess_db)) / 10.0
        );
    }
    report.notes.push_back(std::move(note));
}

std::optional<double> peak_limit(DeliveryReport const& report) {
    if (!report.true_peak_limit_dbtp) {
        return std::nullopt;
    }
    return is_lossy(report.plan) ? kDecodedPeak_dbtp : *report.true_peak_limit_dbtp;
}

std::vector<DeliveryFailure> shortfalls(DeliveryReport const& report) {
    auto const profile = profile_of(report.plan);
    auto const& reading = report.reading;
    std::vector<DeliveryFailure> failures;
    check_loudness(report, profile, failures);
    auto const limit = peak_limit(report);
    if (limit && reading.true_peak_dbtp && *reading.true_peak_dbtp > *limit) {
        failures.push_back(
            failure("true_peak", *reading.true_peak_dbtp, *limit, "dBTP", "true peak")
        );
    }
    if (!report.version.empty()) { // its loudness is what the master's gains make of it
        explain_version_peaks(failures);
        return failures;
    }
    bool const is_short_form = profile.short_form_max_lufs && reading.duration_s < kShortForm_s;
    if (is_short_form && reading.short_term_max_lufs &&
        *reading.short_term_max_lufs > *profile.short_form_max_lufs) {
        failures.push_back(failure(
            "short_term",
            *reading.short_term_max_lufs,
            *profile.short_form_max_lufs,
            "LUFS",
            "loudness over three seconds"
        ));
    }
    return failures;
}

std::optional<Correction> correction_for(DeliveryReport const& report, Correction const& so_far) {
    auto const& reading = report.reading;
    Correction next = so_far;
    if (auto const limit = peak_limit(report); limit && reading.true_peak_dbtp) {
        double const excess = *reading.true_peak_dbtp - *limit;
        next.lower_db += excess > 0.0 ? excess + kPeakStep_db : 0.0;
    }
    bool const nothing_given_up = report.notes.empty();
    if (is_lossy(report.plan) && nothing_given_up && report.target_lufs &&
        reading.integrated_lufs) {
        double const missing = *report.target_lufs - *reading.integrated_lufs;
        next.louder_lu += std::abs(missing) > kDriveTolerance_lu ? missing : 0.0;
    }
    bool const is_new = next.lower_db != so_far.lower_db || next.louder_lu != so_far.louder_lu;
    return is_new ? std::optional{next} : std::nullopt;
}

void verify_delivery(
    DeliveryReport& report,
    Session const& session,
    std::filesystem::path const& file,
    std::filesystem::path const& path,
    std::int64_t frames
) {
    complete_metadata(report, session, file);
    for (auto& shortfall : shortfalls(report)) {
        report.failures.push_back(std::move(shortfall));
    }
    add_media(report, describe_file(file, path), frames);
}

void add_stem_file(DeliveryReport& report, DeliveredFile file, std::int64_t frames) {
    add_media(report, std::move(file), frames);
}

} // namespace stemlathe
