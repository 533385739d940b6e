#include "host/masking/cut_curve.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/masked_hops.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

std::vector<double> const& bands() {
    static auto const bands_hz = half_cams(75);
    return bands_hz;
}

EqualiserBand band(EqualiserType type, double hz, double gain_db, double q) {
    EqualiserBand out;
    out.type = type;
    out.hz = hz;
    out.gain_db = gain_db;
    out.q = q;
    return out;
}

/// What a filter does, as a cut that is wanted as much in every band.
CutCurve curve_of(EqualiserBand const& filter) {
    CutCurve curve{
        .gain_db = band_powers(filter, bands()), .mass = std::vector<double>(bands().size(), 1.0)};
    std::ranges::transform(curve.gain_db, curve.gain_db.begin(), db_from_power);
    return curve;
}

/// A cut by this much in these bands, none in the others.
CutCurve step(std::size_t first, std::size_t last, double gain_db) {
    CutCurve curve{
        .gain_db = std::vector<double>(bands().size(), 0.0),
        .mass = std::vector<double>(bands().size(), 1.0)};
    std::fill(
        curve.gain_db.begin() + static_cast<std::ptrdiff_t>(first),
        curve.gain_db.begin() + static_cast<std::ptrdiff_t>(last) + 1,
        gain_db
    );
    return curve;
}

/// The fit is to curves known every half Cam, which are no bells: it is near, not exact. The mean
/// over a bell's upper half is four fifths of its depth.
constexpr double kHzShare = 0.1;
constexpr double kGainShare = 0.21;
constexpr double kQShare = 0.15;

TEST(MaskingCuts, AKnownBellIsFound) {
    for (double const hz : {120.0, 400.0, 1000.0, 2500.0, 5000.0}) {
        for (double const q : {0.7, 1.0, 2.0, 3.0}) {
            for (double const gain_db : {-2.0, -4.0, -6.0}) {
                auto const bells =
                    fit_bells(curve_of(band(EqualiserType::bell, hz, gain_db, q)), bands());
                ASSERT_EQ(bells.size(), 1U) << hz << ' ' << q << ' ' << gain_db;
                auto const& bell = bells.front();
                EXPECT_EQ(bell.type, EqualiserType::bell);
                EXPECT_NEAR(bell.hz / hz, 1.0, kHzShare) << q;
                EXPECT_NEAR(bell.gain_db / gain_db, 1.0, kGainShare) << hz << ' ' << q;
                EXPECT_NEAR(bell.q / q, 1.0, kQShare) << hz << ' ' << q << ' ' << gain_db;
            }
        }
    }
}

TEST(MaskingCuts, AnEvenCutHasItsOwnDepthAndWidth) {
    auto const bells = fit_bells(step(30, 37, -3.0), bands());
    ASSERT_EQ(bells.size(), 1U);
    EXPECT_EQ(bells.front().gain_db, -3.0);
    double const low_hz = std::sqrt(bands()[29] * bands()[30]);
    double const high_hz = std::sqrt(bands()[37] * bands()[38]);
    EXPECT_GT(bells.front().hz, low_hz);
    EXPECT_LT(bells.front().hz, high_hz);
    EXPECT_NEAR(bells.front().q, bells.front().hz / (high_hz - low_hz), 0.0051); // two decimals
}

TEST(MaskingCuts, AreShelvesAtTheEndsOfHearing) {
    auto const low =
        fit_bells(curve_of(band(EqualiserType::low_shelf, 200.0, -4.0, 0.7071)), bands());
    ASSERT_EQ(low.size(), 1U);
    EXPECT_EQ(low.front().type, EqualiserType::low_shelf);
    EXPECT_NEAR(low.front().hz / 200.0, 1.0, kHzShare);
    EXPECT_NEAR(low.front().gain_db / -4.0, 1.0, kGainShare);
    auto const high =
        fit_bells(curve_of(band(EqualiserType::high_shelf, 6000.0, -3.0, 0.7071)), bands());
    ASSERT_EQ(high.size(), 1U);
    EXPECT_EQ(high.front().type, EqualiserType::high_shelf);
    EXPECT_NEAR(high.front().hz / 6000.0, 1.0, kHzShare);
    EXPECT_NEAR(high.front().gain_db / -3.0, 1.0, kGainShare);
}

TEST(MaskingCuts, AFlatOrShallowCurveNeedsNone) {
    EXPECT_TRUE(fit_bells(step(30, 37, 0.0), bands()).empty());
    EXPECT_TRUE(fit_bells(step(30, 37, -0.4), bands()).empty());
    EXPECT_TRUE(fit_bells(step(30, 37, -0.6), bands()).empty()); // a bell of 0.7 dB is the least
    EXPECT_EQ(fit_bells(step(30, 37, -0.8), bands()).size(), 1U);
}

TEST(MaskingCuts, StretchesThatAreApartGetABellEachTheMostMassiveFirst) {
    auto curve = step(20, 24, -3.0);
    std::fill(curve.gain_db.begin() + 40, curve.gain_db.begin() + 50, -2.0);
    auto const two = fit_bells(curve, bands());
    ASSERT_EQ(two.size(), 2U);
    EXPECT_GT(two[0].hz, two[1].hz);
    EXPECT_EQ(two[0].gain_db, -2.0);
    EXPECT_EQ(two[1].gain_db, -3.0);
    auto bridged = step(30, 37, -3.0);
    bridged.gain_db[33] = 0.0;
    EXPECT_EQ(fit_bells(bridged, bands()).size(), 1U);
}

TEST(MaskingCuts, BandsThatHardlyMatterAreLeftOut) {
    auto curve = step(30, 45, -3.0);
    std::fill(curve.mass.begin() + 38, curve.mass.begin() + 46, 0.1);
    auto const bells = fit_bells(curve, bands());
    ASSERT_EQ(bells.size(), 1U);
    EXPECT_LT(bells.front().hz, bands()[38]);
}

TEST(MaskingCuts, BellsAreNeitherNarrowerNorWiderThanAMixEngineersOwn) {
    auto const narrow = fit_bells(step(50, 50, -3.0), bands());
    ASSERT_EQ(narrow.size(), 1U);
    EXPECT_EQ(narrow.front().q, 4.0);
    auto const wide = fit_bells(step(5, 60, -3.0), bands());
    ASSERT_EQ(wide.size(), 1U);
    EXPECT_EQ(wide.front().q, 0.5);
}

TEST(MaskingCuts, BandPowersAreTheFiltersOwn) {
    auto const powers = band_powers(band(EqualiserType::bell, bands()[40], -6.0, 2.0), bands());
    ASSERT_EQ(powers.size(), bands().size());
    EXPECT_NEAR(db_from_power(powers[40]), -6.0, 1e-9); // a bell has its gain at its centre
    EXPECT_NEAR(db_from_power(powers[0]), 0.0, 0.05);
}

} // namespace

} // namespace stemlathe::test
