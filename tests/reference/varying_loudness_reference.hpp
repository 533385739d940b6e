#pragma once

#include "tests/reference/partial_loudness_reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

/// Loudness of sounds that change, in sones: spectra of six resolutions every millisecond, loudness
/// of each, and two stages that follow it, as an automatic gain control does. For tests only, as
/// all loudness: see partial_loudness_reference.hpp.
/// Sources: Glasberg & Moore, JAES 50(5), 2002 (spectra, stages); Moore, Glasberg, Varathanathan &
/// Schlittenlacher, Trends in Hearing 20, 2016 (both ears); ISO 532-3:2023 (constants).
namespace stemlathe::reference {

/// What ISO 532-3:2023 takes otherwise than ISO 532-2.
inline constexpr double kVaryingScale = 0.0631;       ///< sone per Cam
inline constexpr double kVaryingStep_cam = 0.25;      ///< 150 filters, 1.75 to 39 Cam
inline constexpr double kVaryingQuiet_db = 3.63;      ///< threshold in quiet from 500 Hz on
inline constexpr double kVaryingWindowGain_db = 3.32; ///< for what a Hann window takes
inline constexpr double kVaryingRange_db = 60.0;      ///< lines farther below the loudest are none
inline constexpr double kVaryingLeast_db_spl = -30.0;

inline constexpr int kVaryingRate_hz = 32'000;
inline constexpr std::size_t kVaryingHop = 32;    ///< 1 ms
inline constexpr std::size_t kVaryingSize = 2048; ///< of all transforms, however short the window

/// A Hann window and the frequencies for which it is used: above `low_hz`, up to `high_hz`.
struct VaryingWindow {
    std::size_t size = 0;
    double low_hz = 0.0;
    double high_hz = 0.0;
};

/// Source: Glasberg & Moore 2002: 64, 32, 16, 8, 4 and 2 ms.
inline constexpr std::array<VaryingWindow, 6> kVaryingWindows{
    {{.size = 2048, .low_hz = 20.0, .high_hz = 80.0},
     {.size = 1024, .low_hz = 80.0, .high_hz = 500.0},
     {.size = 512, .low_hz = 500.0, .high_hz = 1250.0},
     {.size = 256, .low_hz = 1250.0, .high_hz = 2540.0},
     {.size = 128, .low_hz = 2540.0, .high_hz = 4050.0},
     {.size = 64, .low_hz = 4050.0, .high_hz = 15'000.0}}};

/// Spectrum about the middle of `segment` [kVaryingSize], power re 0 dB SPL where a sine of
/// amplitude 1 has `sine_db_spl`.
inline LineSpectrum varying_spectrum(std::span<double const> segment, double sine_db_spl) {
    static auto const turns = [] { // one turn in steps of a transform
        std::vector<std::complex<double>> all;
        for (std::size_t i = 0; i < kVaryingSize; ++i) {
            double const turn = static_cast<double>(i) / static_cast<double>(kVaryingSize);
            all.push_back(std::polar(1.0, -2.0 * std::numbers::pi * turn));
        }
        return all;
    }();
    constexpr auto kSize = static_cast<double>(kVaryingSize);
    constexpr double kSpacing_hz = kVaryingRate_hz / kSize;
    LineSpectrum lines;
    for (auto const& window : kVaryingWindows) {
        auto const first = (kVaryingSize - window.size) / 2; // all about the same moment
        auto const size = static_cast<double>(window.size);
        std::vector<double> windowed;
        for (std::size_t n = 0; n < window.size; ++n) {
            double const turn = static_cast<double>(n) / (size - 1.0);
            double const hann = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * turn);
            windowed.push_back(hann * segment[first + n]);
        }
        auto bin = static_cast<std::size_t>(window.low_hz / kSpacing_hz) + 1;
        for (; static_cast<double>(bin) * kSpacing_hz <= window.high_hz; ++bin) {
            std::complex<double> sum = 0.0;
            for (std::size_t n = 0; n < window.size; ++n) {
                sum += windowed[n] * turns[bin * n % kVaryingSize];
            }
            double const power = std::norm(2.0 * sum / kSize) * kSize / size;
            lines.push_back(
                {.hz = static_cast<double>(bin) * kSpacing_hz,
                 .power = power * from_db(kVaryingWindowGain_db + sine_db_spl)}
            );
        }
    }
    return lines;
}

/// Filter centres, Hz.
inline std::vector<double> varying_centres_hz() {
    std::vector<double> centres_hz;
    for (int i = 0; i < 150; ++i) {
        centres_hz.push_back(cam_to_hz(1.75 + kVaryingStep_cam * i));
    }
    return centres_hz;
}

/// Specific loudness [filter] of a spectrum at one ear.
inline std::vector<double> instantaneous_loudness(LineSpectrum lines, Field field) {
    static auto const centres_hz = varying_centres_hz();
    std::vector<double> loudness(centres_hz.size(), 0.0);
    lines = at_cochlea(std::move(lines), field);
    double const loudest = std::ranges::max_element(lines, {}, &Line::power)->power;
    double const least = std::max(loudest, from_db(kVaryingLeast_db_spl + kVaryingRange_db)) /
                         from_db(kVaryingRange_db);
    std::erase_if(lines, [least](Line const& line) { return line.power <= least; });
    auto const excitation = excitations({lines}, centres_hz)[0];
    for (std::size_t b = 0; b < loudness.size(); ++b) {
        auto ear = cochlea_at(centres_hz[b]);
        if (centres_hz[b] >= 500.0) {
            ear.quiet = from_db(kVaryingQuiet_db);
        }
        loudness[b] = kVaryingScale * quiet_specific(excitation[b], ear);
    }
    return loudness;
}

/// Follows a value millisecond by millisecond. Source: Glasberg & Moore 2002.
class Following {
  public:
    /// Shares of the difference that it catches up with in a millisecond.
    Following(double attack, double release) : attack_(attack), release_(release) {}

    double next(double value) {
        state_ += (value > state_ ? attack_ : release_) * (value - state_);
        return state_;
    }

  private:
    double attack_;
    double release_;
    double state_ = 0.0;
};

/// Sones of both ears, millisecond by millisecond.
struct VaryingLoudness {
    std::vector<double> short_term{};
    std::vector<double> long_term{};
};

/// Source: Moore et al. 2016, releases of ISO 532-3:2023: the short-term stage follows each filter,
/// before ears inhibit each other; the long-term stage follows what each ear makes of it.
class VaryingEars {
  public:
    /// @param left, right  specific loudness [filter] of one millisecond
    void hear(std::vector<double> left, std::vector<double> right) {
        for (std::size_t b = 0; b < left.size(); ++b) {
            left[b] = left_[b].next(left[b]);
            right[b] = right_[b].next(right[b]);
        }
        auto const ears = inhibited_loudness(left, right, kVaryingStep_cam);
        heard_.short_term.push_back(ears.both());
        heard_.long_term.push_back(long_left_.next(ears.left) + long_right_.next(ears.right));
    }

    [[nodiscard]] VaryingLoudness const& heard() const {
        return heard_;
    }

  private:
    static constexpr std::size_t kFilters = 150;
    std::vector<Following> left_{kFilters, Following{0.045, 0.033}};
    std::vector<Following> right_ = left_;
    Following long_left_{0.01, 0.00133};
    Following long_right_ = long_left_;
    VaryingLoudness heard_{};
};

/// Loudness of the same sound at both ears; silence before and after it.
/// @param sound  at kVaryingRate_hz
inline VaryingLoudness
diotic_loudness(std::vector<double> const& sound, double sine_db_spl, Field field) {
    std::vector<double> padded(kVaryingSize / 2, 0.0);
    padded.insert(padded.end(), sound.begin(), sound.end());
    padded.insert(padded.end(), kVaryingSize / 2, 0.0);
    VaryingEars ears;
    for (std::size_t at = 0; at + kVaryingSize <= padded.size(); at += kVaryingHop) {
        auto const segment = std::span<double const>{padded}.subspan(at, kVaryingSize);
        auto const ear = instantaneous_loudness(varying_spectrum(segment, sine_db_spl), field);
        ears.hear(ear, ear);
    }
    return ears.heard();
}

} // namespace stemlathe::reference
