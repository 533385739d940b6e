#pragma once

#include <cstdint>

namespace stemlathe {

/// Linear-phase sample-rate conversion by any ratio of whole rates. Pass-band within 0.01 dB up to
/// 0.907 of the lower Nyquist (20 kHz at 44.1 kHz), images and aliases at or under -120 dB. Frames
/// out = ceil(frames in * to / from).
struct ResampleSettings {
    int from_hz = 96'000;
    int to_hz = 44'100;
};

/// ceil(frames * to / from), exact.
[[nodiscard]] constexpr std::int64_t
resampled_frames(std::int64_t frames, ResampleSettings const& settings) noexcept {
    return (frames * settings.to_hz + settings.from_hz - 1) / settings.from_hz;
}

} // namespace stemlathe
