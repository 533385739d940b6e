#pragma once

#include "host/loudness/signal_meter.hpp"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace stemlathe {

/// Peaks of one channel; nullopt in silence.
struct ChannelReading {
    std::optional<double> true_peak_dbtp = std::nullopt;
    std::optional<double> true_peak_at_s = std::nullopt;
    std::optional<double> sample_peak_dbfs = std::nullopt;
};

/// What the second meter says of a file on disk; nullopt where silence leaves nothing to measure.
struct LoudnessReading {
    std::optional<double> integrated_lufs = std::nullopt;
    std::optional<double> loudness_range_lu = std::nullopt;
    std::optional<double> momentary_max_lufs = std::nullopt;  ///< 10 ms hop
    std::optional<double> short_term_max_lufs = std::nullopt; ///< 10 ms hop
    std::optional<double> true_peak_dbtp = std::nullopt;      ///< 16x oversampled
    std::optional<double> sample_peak_dbfs = std::nullopt;
    double duration_s = 0.0;
    std::vector<float> short_term_lufs{}; ///< one value per 100 ms, for pictures; -70 is the floor
    std::optional<double> momentary_max_at_s = std::nullopt;  ///< where its window begins
    std::optional<double> short_term_max_at_s = std::nullopt; ///< the same
    std::vector<ChannelReading> channels{};
    std::optional<SignalReading> signal = std::nullopt; ///< inspect_file only
    /// inspect_file only: formats/fingerprint.hpp over the decoded samples, interleaved and
    /// little-endian in the file's own format: what stays the same when only tags change.
    std::string audio_fingerprint{};
};

/// Measures a file as it lies on disk. The second meter: it shares nothing with the kernels that
/// steer a render. Integrated loudness by libebur128 (ITU-R BS.1770-5); maximum momentary and
/// short-term (EBU Tech 3341), loudness range (EBU Tech 3342, 10 Hz) and true peak (BS.1770-5 Annex
/// 2, 16x, flushed at the end) by our own float64 code. One or two channels, any rate Reader takes.
/// @throws as Reader; Failure{not_a_number} naming file and moment; {cancelled}
[[nodiscard]] LoudnessReading
measure_file(std::filesystem::path const& path, std::stop_token const& stop = {});

/// The same, and all else that a quality-control sheet tells, still decoding the file once.
[[nodiscard]] LoudnessReading
inspect_file(std::filesystem::path const& path, std::stop_token const& stop = {});

} // namespace stemlathe
