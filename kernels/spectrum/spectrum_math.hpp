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

/// The lines that come from windows of one size.
struct Region {
    std::int64_t size = 0;       ///< frames of a window, a power of two from 512 on
    std::int64_t windows = 1;    ///< for each hop, half overlapped, together centred on it
    std::int64_t first_bin = 0;  ///< of the region, at least 1
    std::int64_t bins = 0;       ///< at least 1; all lie below Nyquist
    std::int64_t first_line = 0; ///< of the region
    std::int64_t lines = 0;

    /// First frame, counted from the hop's own, of one of its windows.
    [[nodiscard]] STEMLATHE_HD std::int64_t start(std::int64_t window) const {
        return (2 * window - windows - 1) * (size / 4);
    }
};

struct Design {
    std::int64_t hop_frames = 0;
    std::int64_t reach_frames = 0;     ///< how far windows reach before a hop's frame, and after it
    std::vector<Region> regions{};     ///< longest windows, lowest frequencies first
    std::vector<SpectrumLine> lines{}; ///< of all regions, from low to high
    std::vector<Bins> bins{};          ///< of each line

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

/// Squared magnitudes, of either ear.
struct EarPowers {
    float left;
    float right;
};

/// Splits the transform Z of left + i right into twice the two ears' own, L = Z[k] + conj Z[N - k]
/// and i R = Z[k] - conj Z[N - k], and squares them. `mirrored` is Z[N - k].
/// Source: Oppenheim & Schafer, Discrete-Time Signal Processing, section 8.6.4 (symmetry).
STEMLATHE_HD constexpr EarPowers ear_powers(Bin bin, Bin mirrored) noexcept {
    float const left_re = bin.re + mirrored.re;
    float const left_im = bin.im - mirrored.im;
    float const right_re = bin.im + mirrored.im;
    float const right_im = bin.re - mirrored.re;
    return {
        .left = left_re * left_re + left_im * left_im,
        .right = right_re * right_re + right_im * right_im};
}

// A real signal has Z[N - k] = conj Z[k], an imaginary one the same with the other sign.
static_assert(ear_powers({3.0F, 4.0F}, {3.0F, -4.0F}).left == 100.0F);
static_assert(ear_powers({3.0F, 4.0F}, {3.0F, -4.0F}).right == 0.0F);
static_assert(ear_powers({3.0F, 4.0F}, {-3.0F, 4.0F}).left == 0.0F);
static_assert(ear_powers({3.0F, 4.0F}, {-3.0F, 4.0F}).right == 100.0F);

} // namespace stemlathe::spectrum
