#include "host/intake/linear_fit.hpp"
#include "tests/reference/linear_fit_reference.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

constexpr std::int64_t kFitFrames = 40'000;

/// Inner products of signals, fed in uneven pieces.
ProductBlocks products_of(std::vector<Signal>& columns, std::int64_t piece, int threads) {
    ProductMeter meter{columns.size(), kFitFrames, 48'000};
    Tasks crew{threads};
    std::vector<std::int64_t> at(columns.size(), 0);
    bool more = true;
    while (more) {
        more = false;
        std::vector<AudioView> views;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            // One column runs ahead, as a source without a converter does.
            auto const wanted = piece + (i == 0 ? piece / 3 : 0);
            auto const frames =
                std::min(wanted, static_cast<std::int64_t>(columns[i].size()) / 2 - at[i]);
            views.push_back({columns[i].data() + 2 * at[i], frames, at[i]});
            at[i] += frames;
            more = more || frames > 0;
        }
        meter.process(views, crew);
    }
    return meter.finish();
}

std::vector<Signal> three_columns(double correlation) {
    auto const a = pink_noise({.frames = kFitFrames, .seed = 1});
    auto const own = pink_noise({.frames = kFitFrames, .seed = 2});
    auto const b = sum_of(
        scaled(a, static_cast<float>(correlation)),
        scaled(own, static_cast<float>(std::sqrt(1.0 - correlation * correlation)))
    );
    auto const noise = white_noise({.level_dbfs = -40.0, .frames = kFitFrames, .seed = 3});
    auto target = sum_of(scaled(a, 0.7F), scaled(b, -1.3F));
    return {a, b, sum_of(target, noise)};
}

std::vector<std::size_t> const kTwo{0, 1};

TEST(LinearFit, IsTheReferencesForCorrelatedColumns) {
    for (double const correlation : {0.0, 0.9, 0.999}) {
        auto columns = three_columns(correlation);
        auto const products = products_of(columns, 4096, 1);
        auto const fit = fit_gains(products, {.first = 0, .end = products.count()}, kTwo, 2);
        auto const expected = reference::linear_fit(std::span{columns}.first(2), columns[2]);
        for (std::size_t i = 0; i < 2; ++i) {
            // Normal equations square the condition: 1e-16 over 1 - correlation^2.
            EXPECT_NEAR(fit.gains[i], expected[i], 1e-10) << correlation;
            EXPECT_TRUE(fit.is_told_apart[i]);
        }
    }
}

TEST(LinearFit, KnowsHowSureItIs) {
    double sure = 0.0;
    for (double const correlation : {0.0, 0.99}) {
        auto columns = three_columns(correlation);
        auto const products = products_of(columns, 4096, 1);
        auto const fit = fit_gains(products, {.first = 0, .end = products.count()}, kTwo, 2);
        EXPECT_LT(std::abs(fit.gains[0] - 0.7), 5.0 * fit.errors[0]);
        EXPECT_GT(fit.errors[0], 0.0);
        if (correlation == 0.0) {
            sure = fit.errors[0];
        } else {
            // The variance grows by 1 / (1 - correlation^2), here 50.
            EXPECT_GT(fit.errors[0], 3.0 * sure);
        }
    }
}

TEST(LinearFit, TellsColumnsThatCannotBeToldApart) {
    auto columns = three_columns(0.0);
    columns[1] = columns[0];
    columns[2] = scaled(columns[0], 3.0F);
    auto const products = products_of(columns, 4096, 1);
    auto const fit = fit_gains(products, {.first = 0, .end = products.count()}, kTwo, 2);
    EXPECT_TRUE(fit.is_told_apart[0]);
    EXPECT_FALSE(fit.is_told_apart[1]);
    EXPECT_NEAR(fit.gains[0], 3.0, 1e-9) << "the first stands for both";
    EXPECT_EQ(fit.gains[1], 0.0);
}

TEST(LinearFit, LeavesSilentColumnsOut) {
    auto columns = three_columns(0.0);
    columns[0] = silence(kFitFrames);
    auto const products = products_of(columns, 4096, 1);
    auto const fit = fit_gains(products, {.first = 0, .end = products.count()}, kTwo, 2);
    EXPECT_FALSE(fit.is_told_apart[0]);
    EXPECT_TRUE(fit.is_told_apart[1]);
}

TEST(LinearFit, LeavesTheEnergyOfTheResidual) {
    auto columns = three_columns(0.5);
    auto const products = products_of(columns, 4096, 1);
    auto const sums = products.sum(0, products.count());
    std::vector<double> const gains{0.7, -1.3};
    double expected = 0.0;
    for (std::size_t i = 0; i < columns[2].size(); ++i) {
        double const value = columns[2][i] - 0.7 * columns[0][i] + 1.3 * columns[1][i];
        expected += value * value;
    }
    EXPECT_NEAR(residual_energy(sums, kTwo, gains, 2), expected, 1e-9 * expected);
    double by_block = 0.0;
    for (std::size_t block = 0; block < products.count(); ++block) {
        by_block += residual_energy(products, block, kTwo, gains, 2);
    }
    EXPECT_NEAR(by_block, expected, 1e-9 * expected);
}

TEST(ProductMeter, GivesTheSameBitsForEveryPieceAndThreadCount) {
    auto columns = three_columns(0.3);
    columns[1].resize(columns[1].size() - 2 * 777); // it ends earlier
    auto const first = products_of(columns, kFitFrames, 1);
    for (std::int64_t const piece : {31, 256, 1000, 4096, 10'000}) {
        for (int const threads : {1, 3}) {
            EXPECT_EQ(products_of(columns, piece, threads).values, first.values) << piece;
        }
    }
}

TEST(ProductMeter, KeepsItsMemoryBounded) {
    constexpr std::int64_t kSixHours = 6LL * 3600 * 48'000;
    auto const few = ProductMeter{6, kSixHours, 48'000}.finish();
    auto const many = ProductMeter{65, kSixHours, 48'000}.finish();
    EXPECT_LT(kSixHours / few.block_frames * 21, 5'000'000);
    EXPECT_LT(kSixHours / many.block_frames * 2145, 5'000'000);
    EXPECT_EQ((ProductMeter{6, 180 * 48'000, 48'000}.finish().block_frames), 4096);
}

} // namespace

} // namespace stemlathe::test
