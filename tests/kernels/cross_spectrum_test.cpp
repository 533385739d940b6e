#include "tests/kernels/spectra.hpp"
#include "tests/reference/spectrum_reference.hpp"
#include "tests/support/each_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::test {

namespace {

using CrossSpectrum = EachBackend;

TEST_P(CrossSpectrum, EqualsTheReference) {
    for (int const rate_hz : {44'100, 96'000}) {
        auto const hop = spectrum_hop_frames({.rate_hz = rate_hz});
        auto signal = white_noise({.level_dbfs = -9.0, .frames = 7 * hop + 77});
        for (std::size_t i = 2; i < signal.size(); i += 2) {
            signal[i] += signal[i - 1]; // left is right a frame ago, and noise of its own
        }
        auto const actual = spectra_of(*backend, signal, {.rate_hz = rate_hz, .cross = true});
        auto const expected = reference::CompositeSpectrum{rate_hz}.cross(signal);
        auto const count = actual.lines.size();
        ASSERT_EQ(static_cast<std::size_t>(actual.hops()) * count, expected.size());
        for (std::int64_t h = 0; h < actual.hops(); ++h) {
            for (std::size_t i = 0; i < count; ++i) {
                auto const& product = expected[static_cast<std::size_t>(h) * count + i];
                // Either factor is off by kAmplitude.
                double const off =
                    kAmplitude * (std::sqrt(actual.of(h, 0)[i]) + std::sqrt(actual.of(h, 1)[i]));
                ASSERT_NEAR(actual.of(h, 2)[i], product.real(), off);
                ASSERT_NEAR(actual.of(h, 3)[i], product.imag(), off);
            }
        }
    }
}

TEST_P(CrossSpectrum, LeavesPowersAsTheyAreHoweverSegmentsAreCut) {
    auto const signal = pink_noise({.frames = 9'000});
    auto const without = spectra_of(*backend, signal);
    auto const with = spectra_of(*backend, signal, {.cross = true});
    ASSERT_EQ(with.hops(), without.hops());
    for (std::int64_t hop = 0; hop < with.hops(); ++hop) {
        for (std::int64_t const ear : {0, 1}) {
            EXPECT_TRUE(std::ranges::equal(with.of(hop, ear), without.of(hop, ear)));
        }
    }
    for (std::int64_t const segment : {31, 513, 4'096}) {
        EXPECT_EQ(spectra_of(*backend, signal, {.cross = true}, segment).powers, with.powers);
    }
}

TEST_P(CrossSpectrum, TurnsAsTheRightChannelIsLate) {
    auto const expect = [&](double phase_rad, double re, double im) {
        auto signal = sine({.hz = 1'000.0});
        auto const right = sine({.hz = 1'000.0, .phase_rad = phase_rad});
        for (std::size_t i = 1; i < signal.size(); i += 2) {
            signal[i] = right[i];
        }
        auto const spectra = spectra_of(*backend, signal, {.cross = true});
        auto const middle = spectra.hops() / 2;
        double const power = spectra.total(middle, 0);
        EXPECT_NEAR(spectra.total(middle, 2), re * power, 1e-5 * power) << phase_rad;
        EXPECT_NEAR(spectra.total(middle, 3), im * power, 1e-5 * power) << phase_rad;
    };
    double const quarter = std::acos(0.0);
    expect(0.0, 1.0, 0.0);
    expect(2.0 * quarter, -1.0, 0.0);
    expect(-quarter, 0.0, 1.0); // right is late
    expect(quarter, 0.0, -1.0);
}

TEST_P(CrossSpectrum, FindsNoCoherenceInIndependentNoises) {
    auto const spectra = spectra_of(*backend, white_noise({.frames = 480'000}), {.cross = true});
    for (std::size_t i = 0; i < spectra.lines.size(); ++i) {
        double sums[4] = {};
        for (std::int64_t hop = 0; hop < spectra.hops(); ++hop) {
            for (std::int64_t row = 0; row < 4; ++row) {
                sums[row] += spectra.of(hop, row)[i];
            }
        }
        double const coherence = (sums[2] * sums[2] + sums[3] * sums[3]) / (sums[0] * sums[1]);
        EXPECT_LT(coherence, 0.1) << i; // of some 200 independent windows 1 / 200, rarely more
    }
}

INSTANTIATE_EACH_BACKEND(CrossSpectrum);

} // namespace

} // namespace stemlathe::test
