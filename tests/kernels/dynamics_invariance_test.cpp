#include "kernels/base/units.hpp"
#include "tests/kernels/compressed.hpp"
#include "tests/support/each_backend.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe::test {

namespace {

using DynamicsInvariance = EachBackend;

/// A float32 level of some 30 dB has steps of 2e-6 dB, and a moved threshold is rounded anew.
constexpr double kLevelRounding_db = 1e-5;

TEST_P(DynamicsInvariance, OfChannelsAndPolarityIsExact) {
    auto const signal = drums();
    auto const turned = swapped(scaled(signal, -1.0F));
    for (auto const& settings : variants()) {
        auto const out = scaled(swapped(compressed(*backend, settings, turned)), -1.0F);
        EXPECT_TRUE(audio_identical(out, compressed(*backend, settings, signal)));
    }
}

TEST_P(DynamicsInvariance, OfTimeIsExact) {
    auto const signal = drums();
    for (auto const& settings : variants()) {
        auto const plain = compressed(*backend, settings, signal);
        // By whole chunks this is a promise. By others the float64 recursions are cut elsewhere,
        // which their rounding to float32 shows about once in 10^8 frames, and not in these.
        for (std::int64_t const frames : {kChunkFrames, std::int64_t{1}, std::int64_t{1000}}) {
            auto const out = compressed(*backend, settings, delayed(signal, frames));
            EXPECT_TRUE(audio_identical(out, delayed(plain, frames))) << frames << " frames later";
        }
    }
}

TEST_P(DynamicsInvariance, OfGainAndThresholdTogetherIsExactButForTheRoundingOfLevels) {
    auto const signal = drums();
    for (float const gain : {0.5F, 0.3F}) {
        auto const quieter = scaled(signal, gain);
        for (auto const& settings : variants()) {
            auto lower = settings;
            lower.threshold_db += db_from_gain(gain);
            auto const plain = compressed(*backend, settings, signal);
            auto const out = compressed(*backend, lower, quieter);
            double worst_db = 0.0;
            for (std::size_t i = 0; i < out.size(); ++i) {
                if (quieter[i] != 0.0F) {
                    double const ratio = static_cast<double>(out[i]) / quieter[i] * signal[i];
                    worst_db = std::max(worst_db, std::abs(db_from_gain(ratio / plain[i])));
                }
            }
            EXPECT_LE(worst_db, kLevelRounding_db) << "gain " << gain;
        }
    }
}

INSTANTIATE_EACH_BACKEND(DynamicsInvariance);

} // namespace

} // namespace stemlathe::test
