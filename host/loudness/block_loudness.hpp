#pragma once

#include "host/loudness/k_filter.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// Loudness over time, ungated, with windows on a 10 ms grid; silence lies before the first frame
/// and after the last. nullopt where there is nothing but silence; for the range, nothing above its
/// absolute gate.
struct BlockReading {
    std::optional<double> momentary_max_lufs = std::nullopt;  ///< 400 ms
    std::optional<double> short_term_max_lufs = std::nullopt; ///< 3 s
    std::optional<double> loudness_range_lu = std::nullopt;
    std::optional<double> momentary_max_at_s = std::nullopt; ///< where its window begins
    std::optional<double> short_term_max_at_s = std::nullopt;
    std::vector<float> short_term_lufs{}; ///< one per 100 ms, the 3 s that end there; floor -70
};

/// Source: EBU Tech 3341 (windows), EBU Tech 3342 v4 (range: short-term values at 10 Hz from the
/// first full window on, 1.5 s of silence appended, gates at -70 LUFS and 20 LU under the mean,
/// 10th to 95th percentile).
class BlockLoudness {
  public:
    /// @param channels  1 or 2
    BlockLoudness(int rate_hz, int channels);

    /// The next frames, interleaved.
    void add(std::span<double const> samples);

    [[nodiscard]] BlockReading finish();

  private:
    [[nodiscard]] std::int64_t hop_end() const;

    KFilter filter_;
    std::int64_t rate_hz_;
    std::size_t channels_;
    std::int64_t frame_ = 0;
    double sum_ = 0.0;           ///< of the hop that is not complete
    std::vector<double> hops_{}; ///< mean square of each 10 ms, channels added
};

} // namespace stemlathe
