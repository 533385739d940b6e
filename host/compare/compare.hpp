#pragma once

#include "host/compare/band_differences.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

namespace stemlathe {

struct ChangedStretch {
    double start_s = 0.0;
    double end_s = 0.0;
};

/// Two renders of one song once they are equally loud and lie in step.
struct Comparison {
    std::optional<double> lufs_a = std::nullopt;
    std::optional<double> lufs_b = std::nullopt;
    double gain_db = 0.0;            ///< on B, to be as loud as A; 0 where one is silent
    std::int64_t offset_samples = 0; ///< B lags A by this many; negative: it leads
    /// RMS of A - gain * B over RMS of A, dB; kSilence_db where nothing differs; nullopt where A is
    /// silence.
    std::optional<double> residual_db = std::nullopt;
    std::vector<ChangedStretch> changed{}; ///< in A's time; see kChanged_db
    std::vector<BandDifference> bands{};   ///< what became more or less of the spectrum
};

/// A stretch has changed where, in 100 ms, the difference that is left by the gain that suits most
/// of the song is more than this relative to A ...
inline constexpr double kChanged_db = -60.0;
/// ... and louder than this: below lies what two dithers differ by at 16 bits.
inline constexpr double kChangedFloor_dbfs = -80.0;

/// Compares two files of one rate; mono counts as the same on both channels. Integrated loudness
/// (ITU-R BS.1770) sets the gain; the offset, up to one second either way, is where the
/// cross-correlation of half a minute from the middle of A is highest. Memory grows by
/// 240 bytes per second of song.
/// @throws as Reader; Failure{invalid_argument} the rates differ; {not_a_number}; {cancelled}
[[nodiscard]] Comparison compare_files(
    std::filesystem::path const& a, std::filesystem::path const& b, std::stop_token const& stop = {}
);

} // namespace stemlathe
