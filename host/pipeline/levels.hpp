#pragma once

#include "kernels/loudness/energies.hpp"

#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// The value that `fraction` (0..1) of the values lie at or under; 0 for none. Nearest rank.
[[nodiscard]] double percentile(std::vector<double> values, double fraction);

/// Loudness range of short-term values at 10 Hz, LU; nullopt where nothing passes the gate.
/// Source: EBU Tech 3342 v4 section 3.
[[nodiscard]] std::optional<double> loudness_range_lu(std::span<double const> short_term_lufs);

/// Unweighted root mean square over a whole track with `per_channel`, both channels, in dBFS;
/// kSilence_db for silence.
[[nodiscard]] double rms_dbfs(EnergyTrack const& track);

/// Pearson's correlation of left and right, taken as free of DC, over a whole track with
/// `per_channel`, -1 to 1; nullopt where a channel is silent.
[[nodiscard]] std::optional<double> correlation(EnergyTrack const& track);

/// Largest sample of the track, linear.
[[nodiscard]] double sample_peak(EnergyTrack const& track);

/// nullopt for silence, else the value: what reports show.
[[nodiscard]] std::optional<double> unless_silent(double level_db);

} // namespace stemlathe
