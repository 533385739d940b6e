#pragma once

#include "kernels/limiter/limiter_math.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>

namespace stemlathe::cpu {

/// Looks for true peaks in groups of kControlFrames frames. For CPU modules only.
class PeakSearch {
  public:
    explicit PeakSearch(float search_level) : search_level_(search_level) {}

    /// Highest of the 16x grid from the group's first frame up to the next group's first frame,
    /// both included; 0 where the 4x grid shows that it is not above the search level's limit.
    /// @param group  the group's first frame; kFramesBefore frames before it are read, and
    /// kControlFrames + kFramesAfter from it on
    [[nodiscard]] float peak(float const* group) const noexcept {
        auto const* const first = group - limiter::kFramesBefore * kChannels;
        float const on_frames = std::max(
            {highest(load(group)),
             highest(load(group + 8)),
             std::abs(group[kControlFrames * kChannels]),
             std::abs(group[kControlFrames * kChannels + 1])}
        );
        float peak = std::max(on_frames, highest_of_phases(first, 4, 8, 12));
        if (peak <= search_level_) {
            return 0.0F;
        }
        peak = std::max(peak, highest_of_phases(first, 1, 2, 3));
        peak = std::max(peak, highest_of_phases(first, 5, 6, 7));
        peak = std::max(peak, highest_of_phases(first, 9, 10, 11));
        return std::max(peak, highest_of_phases(first, 13, 14, 15));
    }

  private:
    static constexpr auto kControlFrames = limiter::kControlFrames;
    static_assert(kControlFrames * kChannels == 16, "a group is two vectors");
    using Values [[gnu::vector_size(8 * sizeof(float))]] = float; ///< four stereo frames

    static Values load(float const* values) noexcept {
        return _mm256_loadu_ps(values);
    }

    static Values magnitude(Values values) noexcept {
        return values > -values ? values : -values;
    }

    static float highest(Values values) noexcept {
        auto const all = magnitude(values);
        float most = all[0];
        for (int i = 1; i < 8; ++i) {
            most = std::max(most, all[i]);
        }
        return most;
    }

    /// Largest magnitude of three phases over a group: true_peak::point for 16 values at once.
    [[nodiscard]] float highest_of_phases(
        float const* first, std::size_t a, std::size_t b, std::size_t c
    ) const noexcept {
        std::array<float const*, 3> const phases{taps_.of[a], taps_.of[b], taps_.of[c]};
        Values low[3] = {};
        Values high[3] = {};
        for (std::size_t k = 0; k < true_peak::kTaps; ++k) {
            auto const frames = load(first + 2 * k);
            auto const more_frames = load(first + 2 * k + 8);
            for (std::size_t phase = 0; phase < 3; ++phase) {
                auto const tap = _mm256_set1_ps(phases[phase][k]);
                low[phase] = _mm256_fmadd_ps(tap, frames, low[phase]);
                high[phase] = _mm256_fmadd_ps(tap, more_frames, high[phase]);
            }
        }
        Values most{};
        for (std::size_t phase = 0; phase < 3; ++phase) {
            auto const of_low = magnitude(low[phase]);
            auto const of_high = magnitude(high[phase]);
            most = of_low > most ? of_low : most;
            most = of_high > most ? of_high : most;
        }
        return highest(most);
    }

    float search_level_;
    true_peak::Taps const& taps_ = true_peak::taps();
};

} // namespace stemlathe::cpu
