#include "host/report/pdf/figures.hpp"

#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <cmath>

namespace stemlathe::pdf {

namespace {

/// "at 3:25.480", or nothing.
std::string at_text(std::optional<double> seconds) {
    if (!seconds) {
        return {};
    }
    auto const milliseconds = std::llround(*seconds * 1000.0);
    return fmt::format(
        "at {}:{:02}.{:03}", milliseconds / 60'000, milliseconds / 1000 % 60, milliseconds % 1000
    );
}

std::string count_text(std::int64_t samples) {
    return samples == 0 ? "none" : fmt::format("{}", samples);
}

std::string dc_text(double dc) {
    return dc == 0.0 ? "none" : fmt::format("{:.1f} dBFS", db_from_gain(std::abs(dc)));
}

std::string_view dither_text(Dither dither) {
    switch (dither) {
    case Dither::tpdf:
        return "TPDF";
    case Dither::shaped:
        return "TPDF, shaped";
    default:
        return "none";
    }
}

Group peak_group(LoudnessReading const& reading) {
    Group peaks{.title = "Peaks"};
    auto const channels = reading.channels.size();
    for (std::size_t c = 0; c < channels; ++c) {
        auto const& channel = reading.channels[c];
        peaks.rows.push_back(
            {fmt::format("True peak {}", channel_name(c, channels)),
             amount(channel.true_peak_dbtp, 2, "dBTP"),
             at_text(channel.true_peak_at_s)}
        );
    }
    for (std::size_t c = 0; c < channels; ++c) {
        peaks.rows.push_back(
            {fmt::format("Highest sample {}", channel_name(c, channels)),
             amount(reading.channels[c].sample_peak_dbfs, 2, "dBFS")}
        );
    }
    if (reading.signal) {
        peaks.rows.push_back({"Samples over full scale", count_text(reading.signal->overs)});
        peaks.rows.push_back(
            {"Clipped samples", count_text(reading.signal->clipped_samples), "runs of 3 or more"}
        );
    }
    return peaks;
}

Group stereo_group(LoudnessReading const& reading) {
    auto const& signal = *reading.signal;
    Group stereo{.title = "Stereo"};
    stereo.rows = {
        {"Left over right", amount(signal.balance_db, 2, "dB")},
        {"Side over mid", amount(signal.side_mid_db, 2, "dB")},
        {"Correlation, mean", amount(signal.correlation_mean, 3, "")},
        {"Correlation, lowest",
         amount(signal.correlation_min, 3, ""),
         at_text(signal.correlation_min_at_s)}};
    return stereo;
}

} // namespace

std::string amount(std::optional<double> value, int decimals, std::string_view unit) {
    if (!value) {
        return "not measurable";
    }
    double const scale = std::pow(10.0, decimals);
    double const rounded = std::round(*value * scale) / scale + 0.0; // no "-0.00"
    return fmt::format("{:.{}f}{}{}", rounded, decimals, unit.empty() ? "" : " ", unit);
}

std::vector<Group> level_groups(LoudnessReading const& reading) {
    std::optional<double> plr_db;
    if (reading.true_peak_dbtp && reading.integrated_lufs) {
        plr_db = *reading.true_peak_dbtp - *reading.integrated_lufs;
    }
    Group loudness{.title = "Loudness"};
    loudness.rows = {
        {"Integrated", amount(reading.integrated_lufs, 2, "LUFS")},
        {"Loudness range", amount(reading.loudness_range_lu, 1, "LU")},
        {"Loudest 400 ms",
         amount(reading.momentary_max_lufs, 2, "LUFS"),
         at_text(reading.momentary_max_at_s)},
        {"Loudest 3 s",
         amount(reading.short_term_max_lufs, 2, "LUFS"),
         at_text(reading.short_term_max_at_s)},
        {"Peak to loudness (PLR)", amount(plr_db, 1, "dB")}};
    if (reading.signal) {
        loudness.rows.push_back(
            {"Lowest PSR over 3 s",
             amount(reading.signal->psr_min_db, 1, "dB"),
             at_text(reading.signal->psr_min_at_s)}
        );
    }
    return {std::move(loudness), peak_group(reading)};
}

std::vector<Group> signal_groups(QcFile const& file) {
    auto const& signal = *file.reading->signal;
    std::vector<Group> groups;
    if (file.file.channels == 2) {
        groups.push_back(stereo_group(*file.reading));
    }
    Group noise{.title = "Noise, silence and bits"};
    noise.rows = {
        {"Quietest tenth under", amount(signal.noise_floor_dbfs, 1, "dBFS")},
        {"Silence at the start", amount(signal.start_silence_s, 2, "s")},
        {"Silence at the end", amount(signal.end_silence_s, 2, "s")},
        {"Longest silence",
         amount(signal.longest_silence_s, 2, "s"),
         signal.longest_silence_s > 0.0 ? at_text(signal.longest_silence_at_s) : std::string{}}};
    for (std::size_t c = 0; c < signal.dc.size(); ++c) {
        noise.rows.push_back(
            {fmt::format("DC offset {}", channel_name(c, signal.dc.size())), dc_text(signal.dc[c])}
        );
    }
    if (signal.bits_used && file.file.bit_depth) {
        noise.rows.push_back(
            {"Bits really used", fmt::format("{} of {}", *signal.bits_used, *file.file.bit_depth)}
        );
    }
    groups.push_back(std::move(noise));
    return groups;
}

Group codec_group(CodecReading const& reading) {
    Group group{.title = "True peak after a lossy codec"};
    for (auto const& peak : reading.peaks) {
        group.rows.push_back(
            {peak.codec, amount(peak.true_peak_dbtp, 2, "dBTP"), at_text(peak.at_s)}
        );
    }
    return group;
}

Group processing_group(QcProcessing const& processing) {
    Group group{.title = "Processing"};
    bool const is_resampled = processing.session_rate_hz != processing.rate_hz;
    group.rows.push_back(
        {"Sample rate",
         fmt::format("{} Hz", processing.rate_hz),
         is_resampled ? fmt::format("from {} Hz", processing.session_rate_hz) : "the session's own"}
    );
    group.rows.push_back(
        {"Dither",
         std::string{dither_text(processing.dither)},
         processing.dither == Dither::none ? "" : fmt::format("seed {}", processing.seed)}
    );
    if (processing.drive_db) {
        group.rows.push_back({"Gain", amount(*processing.drive_db + processing.trim_db, 2, "dB")});
    }
    if (processing.may_limit) {
        group.rows.push_back(
            {"Limiter, most", amount(processing.gain_reduction_max_db, 2, "dB"), "gain reduction"}
        );
        group.rows.push_back(
            {"Limiter, mean", amount(processing.gain_reduction_mean_db, 2, "dB"), "gain reduction"}
        );
    } else {
        group.rows.push_back({"Limiter", "none"});
    }
    return group;
}

} // namespace stemlathe::pdf
