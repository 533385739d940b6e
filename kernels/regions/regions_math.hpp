#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/base/host_device.hpp"

#include <cmath>
#include <cstdint>

namespace stemlathe::regions {

/// The range of a region in frames, its fades outside of it: start - fade, start, end, end + fade.
struct Range {
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::int64_t fade = 0;
};

/// How much of the region's sound frame `n` has: 1 from start to end, 0 at and beyond the outer
/// ends of the fades, raised cosines between.
STEMLATHE_HD float weight(std::int64_t n, Range const& range) noexcept {
    auto const outside = n < range.start ? range.start - n : n - range.end;
    if (outside <= 0) {
        return 1.0F;
    }
    if (outside >= range.fade) {
        return 0.0F;
    }
    constexpr double kPi = 3.14159265358979323846;
    double const share = static_cast<double>(outside) / static_cast<double>(range.fade);
    return static_cast<float>(0.5 + 0.5 * cos(kPi * share));
}

/// Cross-fade from `dry` to `wet`, exact at both ends.
STEMLATHE_HD float blend(float dry, float wet, float wet_weight) noexcept {
    if (wet_weight == 0.0F) {
        return dry; // also keeps the sign of a zero
    }
    return wet_weight == 1.0F ? wet : fmaf(wet_weight, wet - dry, dry);
}

/// Frames [from, to) of the song, none where `to` is not after `from`, that fade from `dry` to
/// `gain` times `wet`, in place of `dry`; `wet` may be `dry`. Goes to kernels by value.
struct CrossFade {
    std::int64_t from = 0;
    std::int64_t to = 0;
    Range range;
    float gain = 1.0F;
    AudioView wet;
    AudioView dry;
};

/// Frame `n` of the song.
STEMLATHE_HD void fade(CrossFade const& fade, std::int64_t n) noexcept {
    float const wet_weight = weight(n, fade.range);
    for (int channel = 0; channel < kChannels; ++channel) {
        float& frame = fade.dry.samples[(n - fade.dry.position) * kChannels + channel];
        float const other = fade.wet.samples[(n - fade.wet.position) * kChannels + channel];
        frame = blend(frame, fade.gain * other, wet_weight);
    }
}

} // namespace stemlathe::regions
