#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/spectrum/spectrum.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe::spectrum {

/// Consecutive bins of a transform that make up one line.
struct Bins {
    std::int32_t first = 0;
    std::int32_t count = 0;
};

/// A line of the region below, and the bins that are added to it.
struct Lead {
    Bins bins{};
    std::int32_t line = 0;
};

/// What windows of one size have a part in: lines of their own, and below these the last lines of
/// the longer windows, which fade out while these fade in. A line's power is the sum of its bins,
/// each times its fade.
struct Region {
    std::int64_t size = 0;       ///< frames of a window, a power of two from 512 on
    std::int64_t windows = 1;    ///< for each hop, half overlapped, together centred on it
    std::int64_t first_bin = 0;  ///< of all that count, at least 1
    std::int64_t bins = 0;       ///< at least 1; all lie below Nyquist
    std::int64_t first_line = 0; ///< of its own
    std::int64_t lines = 0;
    std::int64_t first_lead = 0;
    std::int64_t leads = 0;
    std::int64_t first_fade = 0; ///< that of first_bin

    /// First frame, counted from the hop's own, of one of its windows.
    [[nodiscard]] STEMLATHE_HD std::int64_t start(std::int64_t window) const {
        return (2 * window - windows - 1) * (size / 4);
    }
};

struct Design {
    std::int64_t hop_frames = 0;
    std::int64_t rows = kChannels; ///< see SpectrumView
    /// How far a hop may look before its own frame and after it: half its longest window, and what
    /// a driver that halves rates needs around that.
    std::int64_t reach_frames = 0;
    std::vector<Region> regions{};     ///< longest windows, lowest frequencies first
    std::vector<SpectrumLine> lines{}; ///< of all regions, from low to high
    std::vector<Bins> bins{};          ///< of each line, its own
    std::vector<Lead> leads{};         ///< of all regions
    std::vector<float> fades{};        ///< of the bins of all regions, 0 to 1

    [[nodiscard]] std::int64_t line_count() const noexcept {
        return static_cast<std::int64_t>(lines.size());
    }

    /// Hops whose windows end within the first `frames` of a song.
    [[nodiscard]] std::int64_t complete_hops(std::int64_t frames) const noexcept {
        return frames < reach_frames ? 0 : (frames - reach_frames) / hop_frames + 1;
    }

    /// Hops of a whole song.
    [[nodiscard]] std::int64_t song_hops(std::int64_t frames) const noexcept {
        return (frames + hop_frames - 1) / hop_frames;
    }
};

/// @throws Failure{invalid_plan} the rate is out of range
[[nodiscard]] Design design(SpectrumSettings const& settings);

/// The region's window [size], scaled so that the ear_powers of all its windows add up to the
/// line's: with 1 / sqrt(2 size windows sum of w^2).
[[nodiscard]] std::vector<float> window_of(Region const& region);

/// One bin of a transform.
struct Bin {
    float re;
    float im;
};

/// Twice the transform of either ear.
struct Ears {
    Bin left;
    Bin right;
};

/// Splits the transform Z of left + i right: L = Z[k] + conj Z[N - k], i R = Z[k] - conj Z[N - k].
/// `mirrored` is Z[N - k].
/// Source: Oppenheim & Schafer, Discrete-Time Signal Processing, section 8.6.4 (symmetry).
STEMLATHE_HD constexpr Ears ears_of(Bin bin, Bin mirrored) noexcept {
    return {
        .left = {bin.re + mirrored.re, bin.im - mirrored.im},
        .right = {bin.im + mirrored.im, mirrored.re - bin.re}};
}

/// Squared magnitudes, of either ear.
struct EarPowers {
    float left;
    float right;
};

/// Those of ears_of.
STEMLATHE_HD constexpr EarPowers ear_powers(Bin bin, Bin mirrored) noexcept {
    auto const [left, right] = ears_of(bin, mirrored);
    return {
        .left = left.re * left.re + left.im * left.im,
        .right = right.re * right.re + right.im * right.im};
}

/// L conj(R) of ears_of.
STEMLATHE_HD constexpr Bin cross_power(Bin bin, Bin mirrored) noexcept {
    auto const [left, right] = ears_of(bin, mirrored);
    return {left.re * right.re + left.im * right.im, left.im * right.re - left.re * right.im};
}

// A real signal has Z[N - k] = conj Z[k], an imaginary one the same with the other sign.
static_assert(ear_powers({3.0F, 4.0F}, {3.0F, -4.0F}).left == 100.0F);
static_assert(ear_powers({3.0F, 4.0F}, {3.0F, -4.0F}).right == 0.0F);
static_assert(ear_powers({3.0F, 4.0F}, {-3.0F, 4.0F}).left == 0.0F);
static_assert(ear_powers({3.0F, 4.0F}, {-3.0F, 4.0F}).right == 100.0F);
// L = 1, R = -i (a quarter of a turn late): Z = L + i R = 2, and nothing mirrored.
static_assert(cross_power({2.0F, 0.0F}, {0.0F, 0.0F}).re == 0.0F);
static_assert(cross_power({2.0F, 0.0F}, {0.0F, 0.0F}).im == 4.0F);

} // namespace stemlathe::spectrum
