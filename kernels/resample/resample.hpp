#pragma once

#include <cstdint>
#include <vector>

namespace stemlathe {

/// Linear-phase sample-rate conversion by any ratio of whole rates. Pass-band within 0.01 dB up to
/// 0.907 of the lower Nyquist (20 kHz at 44.1 kHz), images and aliases at or under -120 dB (by
/// design -140). Frames out = ceil(frames in * to / from); output frame n lies at the moment of
/// input frame n * from / to. Equal rates hand the input on.
struct ResampleSettings {
    int from_hz = 96'000; ///< 8,000 to 384,000
    int to_hz = 44'100;   ///< 8,000 to 384,000
};

/// ceil(frames * to / from), exact.
[[nodiscard]] constexpr std::int64_t
resampled_frames(std::int64_t frames, ResampleSettings const& settings) noexcept {
    return (frames * settings.to_hz + settings.from_hz - 1) / settings.from_hz;
}

/// @throws Failure{invalid_plan} for a rate out of range
void check_settings(ResampleSettings const& settings);

/// A polyphase low-pass: output frame n is sum over j < taps of coefficients[phase * taps + j]
/// * input[base - taps / 2 + 1 + j], where n * advance = base * phases + phase.
struct PolyphaseFilter {
    std::int64_t phases = 1;  ///< to / gcd
    std::int64_t advance = 1; ///< from / gcd
    int taps = 0;             ///< even
    std::vector<float> coefficients{};
};

/// Kaiser-windowed sinc from the edge of the pass-band to the lower Nyquist, designed in double.
/// Rates without a common divisor need a table of up to 320 MB.
/// Source: Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", Proc.
/// IEEE ISCAS 1974; polyphase form: Crochiere & Rabiner, Multirate DSP, 1983, section 3.3.
[[nodiscard]] PolyphaseFilter design_polyphase(ResampleSettings const& settings);

} // namespace stemlathe
