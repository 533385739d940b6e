#include "tests/support/signals.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace stemlathe::test {

namespace {

double gain(double db) {
    return std::pow(10.0, db / 20.0);
}

/// Scales a signal to an rms level per channel.
void set_rms(Signal& signal, double level_dbfs) {
    double sum = 0.0;
    for (float const value : signal) {
        sum += static_cast<double>(value) * value;
    }
    double const factor = gain(level_dbfs) / std::sqrt(sum / static_cast<double>(signal.size()));
    for (float& value : signal) {
        value = static_cast<float>(value * factor);
    }
}

} // namespace

double uniform(std::uint64_t seed, std::uint64_t counter) noexcept {
    // SplitMix64 (Steele, Lea & Flood, OOPSLA 2014), used as a hash of the counter.
    std::uint64_t value =
        seed * 0x9E3779B97F4A7C15ULL + counter * 0xD1B54A32D192ED03ULL + 0x632BE59BD9B4E019ULL;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    value ^= value >> 31U;
    return static_cast<double>(value >> 11U) * 0x1.0p-53;
}

Signal silence(std::int64_t frames) {
    return Signal(static_cast<std::size_t>(frames) * 2, 0.0F);
}

Signal impulse(std::int64_t frames, std::int64_t at) {
    auto signal = silence(frames);
    signal[static_cast<std::size_t>(at) * 2] = 1.0F;
    signal[static_cast<std::size_t>(at) * 2 + 1] = 1.0F;
    return signal;
}

Signal sine(SineSettings const& settings) {
    auto const frames = static_cast<std::size_t>(std::llround(settings.seconds * settings.rate_hz));
    Signal signal(frames * 2);
    double const step = 2.0 * std::numbers::pi * settings.hz / settings.rate_hz;
    for (std::size_t n = 0; n < frames; ++n) {
        auto const value = static_cast<float>(
            gain(settings.level_dbfs) * std::sin(step * static_cast<double>(n) + settings.phase_rad)
        );
        signal[2 * n] = value;
        signal[2 * n + 1] = value;
    }
    return signal;
}

Signal white_noise(NoiseSettings const& settings) {
    auto signal = silence(settings.frames);
    for (std::size_t i = 0; i < signal.size(); ++i) {
        signal[i] = static_cast<float>(2.0 * uniform(settings.seed, i) - 1.0);
    }
    set_rms(signal, settings.level_dbfs);
    return signal;
}

Signal pink_noise(NoiseSettings const& settings) {
    // Paul Kellet's refined filter bank, 1999: -3 dB/octave within 0.05 dB above 9.2 Hz at 44.1
    // kHz.
    auto signal = white_noise(settings);
    for (std::size_t channel = 0; channel < 2; ++channel) {
        std::array<double, 7> b{};
        for (std::size_t i = channel; i < signal.size(); i += 2) {
            double const white = signal[i];
            b[0] = 0.99886 * b[0] + white * 0.0555179;
            b[1] = 0.99332 * b[1] + white * 0.0750759;
            b[2] = 0.96900 * b[2] + white * 0.1538520;
            b[3] = 0.86650 * b[3] + white * 0.3104856;
            b[4] = 0.55000 * b[4] + white * 0.5329522;
            b[5] = -0.7616 * b[5] - white * 0.0168980;
            signal[i] =
                static_cast<float>(b[0] + b[1] + b[2] + b[3] + b[4] + b[5] + b[6] + white * 0.5362);
            b[6] = white * 0.115926;
        }
    }
    set_rms(signal, settings.level_dbfs);
    return signal;
}

Signal bursts(NoiseSettings const& settings) {
    auto signal = white_noise(settings);
    constexpr std::size_t kPeriod_frames = 12'000;
    constexpr std::size_t kSounding_frames = 7'000;
    for (std::size_t n = 0; n < signal.size() / 2; ++n) {
        auto const hit = n / kPeriod_frames;
        auto const age = n % kPeriod_frames;
        double const envelope = age < kSounding_frames
                                    ? std::exp(-static_cast<double>(age) / 1500.0) *
                                          (0.2 + 0.8 * uniform(settings.seed + 99, hit))
                                    : 0.0;
        signal[2 * n] = static_cast<float>(signal[2 * n] * envelope);
        signal[2 * n + 1] = static_cast<float>(signal[2 * n + 1] * envelope);
    }
    set_rms(signal, settings.level_dbfs);
    return signal;
}

Signal scaled(Signal signal, float gain) {
    for (float& value : signal) {
        value *= gain;
    }
    return signal;
}

Signal swapped(Signal signal) {
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        std::swap(signal[i], signal[i + 1]);
    }
    return signal;
}

Signal delayed(Signal const& signal, std::int64_t frames) {
    auto later = silence(frames);
    later.insert(later.end(), signal.begin(), signal.end());
    return later;
}

std::vector<double> frequencies_hz(double from_hz, double below_hz, double ratio) {
    std::vector<double> out;
    while (from_hz < below_hz) {
        out.push_back(from_hz);
        from_hz *= ratio;
    }
    return out;
}

Signal sum_of(Signal first, Signal const& second) {
    for (std::size_t i = 0; i < first.size(); ++i) {
        first[i] += second[i];
    }
    return first;
}

} // namespace stemlathe::test
