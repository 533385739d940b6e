#include "tests/conformance/ebu_signals.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace stemlathe::test {

namespace {

constexpr double kTone_hz = 1000.0;
constexpr double kFade_s = 0.010;
constexpr double kTurn = 2.0 * std::numbers::pi;

void append_frame(Signal& signal, double value) {
    signal.push_back(static_cast<float>(value));
    signal.push_back(static_cast<float>(value));
}

void fade_ends(Signal& signal, int rate_hz) {
    auto const frames = signal.size() / 2;
    auto const length = static_cast<std::size_t>(kFade_s * rate_hz);
    for (std::size_t n = 0; n < length; ++n) {
        auto const gain = static_cast<float>(n) / static_cast<float>(length);
        for (std::size_t channel = 0; channel < 2; ++channel) {
            signal[2 * n + channel] *= gain;
            signal[2 * (frames - 1 - n) + channel] *= gain;
        }
    }
}

/// `count` periods of `length` samples.
void append_periods(std::vector<double>& out, int count, int length, double amplitude) {
    for (int n = 0; n < count * length; ++n) {
        out.push_back(amplitude * std::sin(kTurn * n / length));
    }
}

/// Low-pass at 0.98 of half the delivered rate for a signal at four times that rate: a sinc of 64
/// delivered frames to either side under a Blackman window.
std::vector<double> band_limit(std::vector<double> const& in) {
    constexpr int kHalf = 4 * 64;
    constexpr double kCut = 0.98 / 8.0; // of the high rate
    std::vector<double> taps;
    for (int k = -kHalf; k <= kHalf; ++k) {
        double const angle = kTurn * kCut * k;
        double const place = std::numbers::pi * k / kHalf;
        double const window = 0.42 + 0.5 * std::cos(place) + 0.08 * std::cos(2.0 * place);
        taps.push_back(window * 2.0 * kCut * (k == 0 ? 1.0 : std::sin(angle) / angle));
    }
    auto const size = static_cast<int>(in.size());
    std::vector<double> out(in.size());
    for (int n = 0; n < size; ++n) {
        for (int k = std::max(-kHalf, n - size + 1); k <= std::min(kHalf, n); ++k) {
            out[static_cast<std::size_t>(n)] +=
                taps[static_cast<std::size_t>(k + kHalf)] * in[static_cast<std::size_t>(n - k)];
        }
    }
    return out;
}

} // namespace

Signal tones(int rate_hz, std::span<Tone const> list) {
    Signal signal;
    std::int64_t n = 0;
    double end_s = 0.0;
    for (auto const& tone : list) {
        end_s += tone.seconds;
        double const amplitude =
            tone.level_dbfs <= kMute ? 0.0 : std::pow(10.0, tone.level_dbfs / 20.0);
        for (; n < std::llround(end_s * rate_hz); ++n) {
            double const turns = kTone_hz * static_cast<double>(n) / rate_hz;
            append_frame(signal, amplitude * std::sin(kTurn * turns));
        }
    }
    return signal;
}

std::vector<Tone> repeated(std::span<Tone const> list, int times) {
    std::vector<Tone> out;
    for (int i = 0; i < times; ++i) {
        out.insert(out.end(), list.begin(), list.end());
    }
    return out;
}

Signal peak_tone(int rate_hz, int divisor, double amplitude, double phase_deg) {
    Signal signal;
    for (int n = 0; n < rate_hz / 2; ++n) {
        double const turns = static_cast<double>(n) / divisor + phase_deg / 360.0;
        append_frame(signal, amplitude * std::sin(kTurn * turns));
    }
    fade_ends(signal, rate_hz);
    return signal;
}

Signal peak_burst(int rate_hz, int offset) {
    int const periods = rate_hz / 24;
    std::vector<double> high;
    append_periods(high, periods, 24, 0.5);
    append_periods(high, 1, 16, 1.0);
    append_periods(high, periods, 24, 0.5);
    auto const limited = band_limit(high);
    Signal signal;
    for (auto n = static_cast<std::size_t>(offset); n < limited.size(); n += 4) {
        append_frame(signal, limited[n]);
    }
    fade_ends(signal, rate_hz);
    return signal;
}

} // namespace stemlathe::test
