#include "host/masking/other_advice.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace stemlathe::test {

namespace {

/// An event of one band of three, in which the masker has all of the threshold.
struct Case {
    std::vector<double> bands_hz{60.0, 1000.0, 4000.0};
    std::vector<Stem> stems{};
    std::vector<MaskingGoal> goals{};
    Balance balance{};
    MaskingEvent event{};

    explicit Case(std::size_t band, Role masked, Role masker) {
        for (auto const role : {masked, masker}) {
            stems.push_back({.file = std::string{name_of(role)} + ".wav", .role = role});
            goals.push_back(masking_goal(stems.back()));
        }
        balance.stem_side_db = {0.0, 0.0};
        balance.stem_lufs = {-20.0, -20.0};
        balance.stem_spectra.assign(2, std::vector<double>(bands_hz.size(), 1.0));
        balance.spectrum.assign(bands_hz.size(), 2.0);
        event.pair = {.masked = 0, .masker = 1};
        event.ranges = {{.first = 0, .last = 99}};
        event.weight = 1.0;
        event.share = {0.0, 1.0};
        event.bands.resize(bands_hz.size());
        event.bands[band] = {.mass = 1.0F, .weight = 1.0F, .margin = 2.0F};
    }

    [[nodiscard]] std::optional<MaskingFix> advised() const {
        PairSums const sums{goals, bands_hz};
        FixForecast const forecast{sums, balance, bands_hz, Field::diffuse};
        return other_advice(event, stems, sums, balance, bands_hz, forecast);
    }
};

TEST(MaskingAdvice, HighPassesAMaskerThatNeedsNoLows) {
    auto const fix = Case{0, Role::bass, Role::instruments}.advised();
    ASSERT_TRUE(fix.has_value());
    EXPECT_EQ(fix->type, "high-pass");
    EXPECT_EQ(fix->stem, "instruments.wav");
    // Butterworth of the second order: 1 / (1 + (fc / f)^4) of the power.
    double const change_db = 10.0 * std::log10(1.0 + std::pow(100.0 / 60.0, 4.0));
    EXPECT_NEAR(*fix->predicted_margin_db, 2.0 + change_db, 0.01);
    EXPECT_FALSE(fix->applied);
}

TEST(MaskingAdvice, NeverHighPassesWhatLivesInTheLows) {
    EXPECT_FALSE((Case{0, Role::drums, Role::bass}.advised().has_value()));
    EXPECT_FALSE((Case{0, Role::bass, Role::drums}.advised().has_value()));
}

TEST(MaskingAdvice, PansTheLessImportantOfTwoCentredStems) {
    auto const fix = Case{1, Role::vocals, Role::instruments}.advised();
    ASSERT_TRUE(fix.has_value());
    EXPECT_EQ(fix->type, "pan");
    EXPECT_EQ(*fix->pan, 0.4);
    double const far = std::cos(0.4 * std::numbers::pi / 2.0);
    EXPECT_NEAR(*fix->predicted_margin_db, 2.0 - 20.0 * std::log10(far), 1e-6);
}

TEST(MaskingAdvice, LeavesTheMoreImportantStemWhereItIs) {
    EXPECT_FALSE((Case{1, Role::instruments, Role::vocals}.advised().has_value()));
}

TEST(MaskingAdvice, PansNothingThatIsPannedAlready) {
    Case panned{1, Role::vocals, Role::instruments};
    panned.balance.stem_side_db = {0.0, 1.5};
    EXPECT_FALSE(panned.advised().has_value());
}

TEST(MaskingAdvice, SaysNothingThatWouldNotHelp) {
    Case shared{1, Role::vocals, Role::instruments};
    shared.event.share = {0.0, 0.3}; // 0.5 dB needs 0.31 of the threshold
    EXPECT_FALSE(shared.advised().has_value());
}

} // namespace

} // namespace stemlathe::test
