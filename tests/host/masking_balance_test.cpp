#include "host/masking/balance.hpp"
#include "tests/host/masked_hops.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <array>

namespace stemlathe::test {

namespace {

constexpr int kRate_hz = 48'000;
constexpr std::size_t kBands = 4;

class MaskingBalance : public ::testing::Test {
  protected:
    /// In views of uneven size.
    Balance measure(Signal first, Signal second) {
        BalanceMeter meter{2, kBands, kRate_hz, *backend_};
        auto const frames = static_cast<std::int64_t>(first.size()) / kChannels;
        constexpr std::int64_t kView_frames = 10'007;
        for (std::int64_t at = 0; at < frames; at += kView_frames) {
            auto const count = std::min(kView_frames, frames - at);
            std::array const views{
                AudioView{.samples = first.data(), .frames = frames}.slice(at, count),
                AudioView{.samples = second.data(), .frames = frames}.slice(at, count)};
            meter.take_stem(0, views[0]);
            meter.take_stem(1, views[1]);
            meter.take_mix(views);
        }
        song_.pass([&](StemHop const& hop) { meter.take(hop); });
        return meter.finish();
    }

    std::unique_ptr<Backend> backend_ = open_backend(parse_backend_choice("cpu"));
    MaskedHops song_{2, kBands, 10};
};

/// A sine of 997 Hz at full scale on both channels has 0.0 LUFS (ITU-R BS.1770), to the tolerance
/// of EBU Tech 3341.
constexpr double kMeter_lu = 0.1;

TEST_F(MaskingBalance, IsOfTheStemsAndOfTheirSum) {
    auto const tone = sine({.hz = 997.0, .level_dbfs = -20.0, .seconds = 3.0});
    auto const balance = measure(tone, tone);
    ASSERT_EQ(balance.stem_lufs.size(), 2U);
    EXPECT_NEAR(balance.stem_lufs[0].value_or(0.0), -20.0, kMeter_lu);
    EXPECT_NEAR(balance.stem_lufs[1].value_or(0.0), -20.0, kMeter_lu);
    EXPECT_NEAR(balance.integrated_lufs.value_or(0.0), -20.0 + 6.02, kMeter_lu);
    EXPECT_NEAR(balance.peak_to_loudness_db, 0.0, kMeter_lu);
    EXPECT_NEAR(balance.correlation, 1.0, 1e-6);
}

TEST_F(MaskingBalance, KnowsHowWideTheSumIs) {
    auto tone = sine({.hz = 997.0, .level_dbfs = -20.0, .seconds = 3.0});
    for (std::size_t n = 1; n < tone.size(); n += 2) {
        tone[n] = -tone[n];
    }
    EXPECT_NEAR(measure(tone, tone).correlation, -1.0, 1e-6);
}

TEST_F(MaskingBalance, SpectraAreMeanPowersAtBothEars) {
    song_.set_margin(0, song_.everywhere(), 0.0F); // E = T = 1
    song_.set_margin(1, {.hops = {.first = 0, .last = 4}, .bands = {.low = 2, .high = 2}}, 10.0F);
    auto const quiet = silence(kRate_hz);
    auto const balance = measure(quiet, quiet);
    constexpr double kFloat = 1e-5; // powers of float32
    EXPECT_NEAR(balance.stem_spectra[0][2], 2.0, kFloat);
    EXPECT_NEAR(balance.stem_spectra[1][2], 2.0 * 10.0 / 2.0, kFloat); // half of the time
    EXPECT_NEAR(balance.spectrum[2], 12.0, kFloat);
    EXPECT_NEAR(balance.spectrum[0], 2.0, kFloat);
}

TEST_F(MaskingBalance, SilenceHasNoLoudness) {
    auto const quiet = silence(kRate_hz);
    auto const balance = measure(quiet, quiet);
    EXPECT_FALSE(balance.integrated_lufs);
    EXPECT_FALSE(balance.stem_lufs[0]);
    EXPECT_EQ(balance.correlation, 1.0);
}

} // namespace

} // namespace stemlathe::test
