// The cases of EBU Tech 3341 that the meters which steer a render must pass too, on each backend.

#include "kernels/base/units.hpp"
#include "tests/conformance/ebu_signals.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

constexpr int kRates_hz[] = {44'100, 48'000, 96'000};
constexpr double kTolerance_lu = 0.1;

class KernelMeters : public EachBackend {
  protected:
    EnergyTrack energies(Signal const& signal, int rate_hz, int hop_ms) {
        auto const meter = backend->make_energy_meter({.rate_hz = rate_hz, .hop_ms = hop_ms});
        feed(*backend, *meter, signal, 65'536);
        return meter->finish();
    }

    void expect_integrated(std::vector<Tone> const& list, double expected) {
        for (int const rate_hz : kRates_hz) {
            auto const signal = tones(rate_hz, list);
            EXPECT_NEAR(integrated_lufs(energies(signal, rate_hz, 100)), expected, kTolerance_lu)
                << rate_hz << " Hz";
        }
    }

    void expect_true_peak(Signal const& signal, int rate_hz, double expected) {
        auto const meter = backend->make_true_peak_meter({.rate_hz = rate_hz});
        feed(*backend, *meter, signal, 65'536);
        double const actual = db_from_gain(meter->finish().peak);
        EXPECT_LE(actual, expected + 0.2) << rate_hz << " Hz";
        EXPECT_GE(actual, expected - 0.4) << rate_hz << " Hz";
    }
};

TEST_P(KernelMeters, Tech3341Cases1To5IntegratedLoudness) {
    expect_integrated({{20.0, -23.0}}, -23.0);
    expect_integrated({{20.0, -33.0}}, -33.0);
    expect_integrated({{10.0, -36.0}, {60.0, -23.0}, {10.0, -36.0}}, -23.0);
    expect_integrated(
        {{10.0, -72.0}, {10.0, -36.0}, {60.0, -23.0}, {10.0, -36.0}, {10.0, -72.0}}, -23.0
    );
    expect_integrated({{20.0, -26.0}, {20.1, -20.0}, {20.0, -26.0}}, -23.0);
}

TEST_P(KernelMeters, Tech3341Case9ShortTerm) {
    std::vector<Tone> const period{{1.34, -20.0}, {1.66, -30.0}};
    for (int const rate_hz : kRates_hz) {
        auto const signal = tones(rate_hz, repeated(period, 5));
        auto const levels = sliding_lufs(energies(signal, rate_hz, 100), 30);
        for (std::size_t i = 29; i < levels.size(); ++i) {
            EXPECT_NEAR(levels[i], -23.0, kTolerance_lu) << rate_hz << " Hz, " << i;
        }
    }
}

TEST_P(KernelMeters, Tech3341Case12Momentary) {
    std::vector<Tone> const period{{0.18, -20.0}, {0.22, -30.0}};
    for (int const rate_hz : kRates_hz) {
        auto const signal = tones(rate_hz, repeated(period, 25));
        auto const levels = sliding_lufs(energies(signal, rate_hz, 10), 40);
        for (std::size_t i = 99; i < levels.size(); ++i) {
            EXPECT_NEAR(levels[i], -23.0, kTolerance_lu) << rate_hz << " Hz, " << i;
        }
    }
}

TEST_P(KernelMeters, Tech3341Cases15To23TruePeak) {
    for (int const rate_hz : kRates_hz) {
        expect_true_peak(peak_tone(rate_hz, 4, 0.50, 0.0), rate_hz, -6.0);
        expect_true_peak(peak_tone(rate_hz, 4, 0.50, 45.0), rate_hz, -6.0);
        expect_true_peak(peak_tone(rate_hz, 6, 0.50, 60.0), rate_hz, -6.0);
        expect_true_peak(peak_tone(rate_hz, 8, 0.50, 67.5), rate_hz, -6.0);
        expect_true_peak(peak_tone(rate_hz, 4, 1.41, 45.0), rate_hz, 3.0);
        for (int offset = 0; offset < 4; ++offset) {
            expect_true_peak(peak_burst(rate_hz, offset), rate_hz, 0.0);
        }
    }
}

INSTANTIATE_EACH_BACKEND(KernelMeters);

} // namespace

} // namespace stemlathe::test
