#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace stemlathe::intake {

/// Calls take(i), in order, for every sample with |sample| >= level. Stretches without any are
/// passed over at the speed of memory.
template <typename Take>
void for_each_at_least(std::span<float const> samples, float level, Take const& take) {
    constexpr std::size_t kStride = 16;
    for (std::size_t at = 0; at < samples.size(); at += kStride) {
        auto const stretch = samples.subspan(at, std::min(kStride, samples.size() - at));
        bool any = false;
        for (float const x : stretch) {
            any |= std::abs(x) >= level;
        }
        for (std::size_t i = 0; any && i < stretch.size(); ++i) {
            if (std::abs(stretch[i]) >= level) {
                take(at + i);
            }
        }
    }
}

} // namespace stemlathe::intake
