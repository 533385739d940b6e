#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

/// Steady sounds as lists of spectral lines, as the examples of ANSI S3.4-2007 and
/// ISO 532-2:2017 Annex B describe them: exact powers, no window, no fluctuation.
namespace stemlathe::reference {

/// Power is relative to 0 dB SPL.
struct Line {
    double hz = 0.0;
    double power = 0.0;
};

using LineSpectrum = std::vector<Line>;

inline double from_db(double db) {
    return std::pow(10.0, db / 10.0);
}

/// Level of a power, dB; minus infinity for none.
inline double to_db(double power) {
    return 10.0 * std::log10(power);
}

inline double overall_db(LineSpectrum const& sound) {
    return to_db(std::accumulate(sound.begin(), sound.end(), 0.0, [](double sum, Line const& line) {
        return sum + line.power;
    }));
}

inline LineSpectrum tone(double hz, double spl_db) {
    return {{.hz = hz, .power = from_db(spl_db)}};
}

/// From `low_hz` to `high_hz`, a line in the middle of every `spacing_hz`.
struct NoiseBand {
    double low_hz = 50.0;
    double high_hz = 14'000.0;
    double spacing_hz = 10.0;
};

/// Noise whose spectrum level `n0_db` (dB SPL in 1 Hz) is the same everywhere in its band.
inline LineSpectrum white_noise(double n0_db, NoiseBand const& band = {}) {
    LineSpectrum noise;
    auto const count = std::lround((band.high_hz - band.low_hz) / band.spacing_hz);
    for (long i = 0; i < count; ++i) {
        double const hz = band.low_hz + (static_cast<double>(i) + 0.5) * band.spacing_hz;
        noise.push_back({.hz = hz, .power = from_db(n0_db) * band.spacing_hz});
    }
    return noise;
}

/// Noise that falls by 3 dB per octave and has the spectrum level `n0_db` at 1 kHz.
inline LineSpectrum pink_noise(double n0_db) {
    auto noise = white_noise(n0_db, {.high_hz = 15'000.0});
    for (auto& line : noise) {
        line.power *= 1000.0 / line.hz;
    }
    return noise;
}

/// White noise of `spl_db` in all.
inline LineSpectrum narrow_noise(double spl_db, NoiseBand const& band) {
    return white_noise(spl_db - to_db(band.high_hz - band.low_hz), band);
}

/// Uncorrelated sounds together: powers add. Lines ascend in frequency.
inline LineSpectrum together(std::vector<LineSpectrum> const& sounds) {
    LineSpectrum all;
    for (auto const& sound : sounds) {
        all.insert(all.end(), sound.begin(), sound.end());
    }
    std::ranges::stable_sort(all, {}, &Line::hz);
    return all;
}

} // namespace stemlathe::reference
