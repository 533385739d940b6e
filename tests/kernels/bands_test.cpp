#include "kernels/base/units.hpp"
#include "tests/reference/bands_reference.hpp"
#include "tests/reference/equaliser_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>

namespace stemlathe::test {

namespace {

/// One float32 rounding per band of a signal around -12 dBFS.
constexpr double kNullRms_dbfs = -140.0;
constexpr double kNullPeak_dbfs = -130.0;
constexpr double kStopBand_db = -95.0;
constexpr double kCrossover_db = 0.05;
constexpr double kRipple_db = 0.01;

BandSplitSettings four_bands(int rate_hz = 48'000) {
    return {.rate_hz = rate_hz, .crossovers_hz = {120.0, 800.0, 4'500.0}};
}

class BandSplit : public EachBackend {
  protected:
    std::vector<Signal>
    split(BandSplitSettings const& settings, Signal const& signal, std::int64_t segment = 4'096) {
        auto const stage = backend->make_band_split(settings);
        auto bands = run(*backend, *stage, signal, segment);
        EXPECT_EQ(bands.size(), settings.crossovers_hz.size() + 1);
        return bands;
    }

    static Signal sum(std::vector<Signal> const& bands, float gain = 1.0F) {
        Signal total(bands.front().size(), 0.0F);
        for (auto const& band : bands) {
            for (std::size_t i = 0; i < total.size(); ++i) {
                total[i] += gain * band[i];
            }
        }
        return total;
    }
};

TEST_P(BandSplit, SumsBackToItsInput) {
    auto const noise = pink_noise({.level_dbfs = -18.0, .frames = 100'003, .seed = 2});
    for (auto const& settings :
         {four_bands(),
          BandSplitSettings{48'000, {80.0}},
          BandSplitSettings{44'100, {60, 120, 250, 500, 1'000, 4'000, 12'000}, 0.25}}) {
        auto const total = sum(split(settings, noise));
        ASSERT_EQ(total.size(), noise.size());
        EXPECT_LE(rms_difference_dbfs(total, noise), kNullRms_dbfs);
        EXPECT_LE(peak_difference_dbfs(total, noise), kNullPeak_dbfs);
    }
}

TEST_P(BandSplit, WithEqualGainInAllBandsIsAWidebandGain) {
    constexpr std::int64_t kAt = 20'000;
    auto const total = sum(split(four_bands(), impulse(2 * kAt, kAt)), 0.5F);
    for (double const hz : frequencies_hz(20.0, 23'000.0, 1.07)) {
        auto const gain = std::abs(reference::spectrum_at(total, kAt, hz, 48'000));
        EXPECT_NEAR(db_from_gain(gain), db_from_gain(0.5), kRipple_db) << hz;
    }
}

TEST_P(BandSplit, MeetsInTheMiddleAndStopsOutside) {
    for (int const rate_hz : {44'100, 48'000, 96'000, 192'000}) {
        BandSplitSettings const settings{rate_hz, {80.0, 1'000.0, 6'000.0}};
        std::int64_t const at = design_bands(settings).length;
        auto const bands = split(settings, impulse(2 * at, at), 65'536);
        double const stop = settings.width_octaves + 0.5;
        for (std::size_t i = 0; i < bands.size(); ++i) {
            for (double const hz : frequencies_hz(20.0, 0.45 * rate_hz, 1.13)) {
                auto const where = "band " + std::to_string(i) + " at " + std::to_string(hz) +
                                   " Hz, rate " + std::to_string(rate_hz);
                auto const response = reference::spectrum_at(bands[i], at, hz, rate_hz);
                double const octaves_over =
                    i < 3 ? std::log2(hz / settings.crossovers_hz[i]) : -100.0;
                double const octaves_under =
                    i > 0 ? std::log2(settings.crossovers_hz[i - 1] / hz) : -100.0;
                if (std::max(octaves_over, octaves_under) >= stop) {
                    EXPECT_LE(db_from_gain(std::abs(response)), kStopBand_db) << where;
                } else {
                    // The window rounds the masks' edges off a little at the lowest crossover.
                    double const expected = reference::band_magnitude(
                        settings.crossovers_hz, settings.width_octaves, i, hz
                    );
                    EXPECT_NEAR(response.real(), expected, 0.01) << where;
                    EXPECT_NEAR(response.imag(), 0.0, 1e-4) << where << ": phase must be linear";
                }
            }
        }
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t const side : {i, i + 1}) {
                auto const level_db = db_from_gain(std::abs(
                    reference::spectrum_at(bands[side], at, settings.crossovers_hz[i], rate_hz)
                ));
                EXPECT_NEAR(level_db, -6.02, kCrossover_db) << settings.crossovers_hz[i];
            }
        }
    }
}

TEST_P(BandSplit, EqualsDirectConvolution) {
    auto const noise = white_noise({.frames = 20'001, .seed = 8});
    auto const filters = design_bands(four_bands());
    auto const bands = split(four_bands(), noise);
    for (std::size_t i = 0; i < filters.taps.size(); ++i) {
        auto const expected = reference::convolve(noise, filters.taps[i]);
        EXPECT_TRUE(audio_near(bands[i], expected, -120.0)) << "band " << i;
    }
}

TEST_P(BandSplit, GivesTheSameBitsForEverySegmentSize) {
    auto const noise = bursts({.frames = 100'000, .seed = 5});
    auto const once = split(four_bands(), noise, 100'000);
    for (std::int64_t const segment : {31, 4'096, 65'536}) {
        auto const bands = split(four_bands(), noise, segment);
        for (std::size_t i = 0; i < bands.size(); ++i) {
            EXPECT_TRUE(audio_identical(bands[i], once[i])) << "band " << i << ", " << segment;
        }
    }
    auto const few = Signal(noise.begin(), noise.begin() + 2 * 15'000);
    auto const whole = split(four_bands(), few, 15'000);
    auto const single = split(four_bands(), few, 1);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        EXPECT_TRUE(audio_identical(single[i], whole[i])) << "band " << i << ", segments of 1";
    }
}

TEST_P(BandSplit, GivesAsManyFramesAsItTakes) {
    for (std::int64_t const frames : {1, 31, 32, 33, 12'287, 12'288, 12'289, 16'384, 16'385}) {
        auto const noise = white_noise({.frames = frames});
        auto const total = sum(split(four_bands(), noise));
        EXPECT_TRUE(audio_near(total, noise, kNullPeak_dbfs + 12.0)) << frames;
    }
}

TEST_P(BandSplit, PutsDirectCurrentInTheLowestBandAndKeepsSilence) {
    auto const quiet = split(four_bands(), silence(20'000));
    for (auto const& band : quiet) {
        EXPECT_EQ(peak_difference_dbfs(band, silence(20'000)), kSilence_db);
    }
    auto const full = split(four_bands(), Signal(40'000, 1.0F));
    EXPECT_NEAR(full[0][20'000], 1.0, 1e-5);
    for (std::size_t i = 1; i < full.size(); ++i) {
        EXPECT_NEAR(full[i][20'000], 0.0, 2e-5) << i;
    }
}

TEST_P(BandSplit, RefusesValuesOutOfRangeInASentence) {
    auto const refuses = [&](BandSplitSettings const& settings, std::string const& word) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, word, [&] {
            static_cast<void>(backend->make_band_split(settings));
        })) << word;
    };
    refuses({48'000, {}}, "crossovers");
    refuses({48'000, std::vector<double>(8, 100.0)}, "8 crossovers");
    refuses({48'000, {39.0}}, "39");
    refuses({48'000, {19'300.0}}, "19200");
    refuses({48'000, {std::nan("")}}, "crossover");
    refuses({48'000, {800.0, 120.0}}, "must rise");
    refuses({48'000, {800.0}, 0.2}, "width");
    refuses({500, {100.0}}, "sample rate");
}

INSTANTIATE_EACH_BACKEND(BandSplit);

} // namespace

} // namespace stemlathe::test
