// The masking model's oracle: where tones disappear in noise, and how loud they are before, on
// exact line spectra. Rows are those of the figures that issue 3 holds the model to.
// Each was computed once before, by another program after the same papers.

#include "tests/conformance/masking_figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace stemlathe::test {

namespace {

using reference::narrow_noise;
using reference::together;
using reference::tone;
using reference::white_noise;

/// NB of the figures: a critical band of noise at 1 kHz.
reference::LineSpectrum critical_band(double spl_db) {
    return narrow_noise(spl_db, {.low_hz = 920.0, .high_hz = 1080.0, .spacing_hz = 2.0});
}

// What two readings of the papers leave open: how the level about a line is taken moves thresholds
// by up to 0.4 dB, most on the skirts of a loud masker.
constexpr double kThreshold_db = 1.0;
constexpr double kSlope_db = 1.5;
constexpr double kMargin_db = 0.3;

struct ThresholdRow {
    double hz = 0.0;
    double spl_db = 0.0;
};

void expect_thresholds(
    reference::LineSpectrum const& masker,
    std::vector<ThresholdRow> const& rows,
    double tolerance_db
) {
    for (auto const& row : rows) {
        SCOPED_TRACE(row.hz);
        EXPECT_NEAR(masked_threshold_db(row.hz, masker), row.spl_db, tolerance_db);
    }
}

TEST(MaskedThresholdOracle, Row18TonesInWhiteNoise) {
    // Critical ratios of Hawkins & Stevens, JASA 22, 1950, lie within about 2 dB of these.
    expect_thresholds(
        white_noise(40.0),
        {{125.0, 56.5},
         {250.0, 54.5},
         {500.0, 54.6},
         {1000.0, 56.1},
         {2000.0, 58.8},
         {4000.0, 61.5},
         {8000.0, 65.4}},
        kThreshold_db
    );
}

TEST(MaskedThresholdOracle, Row22AToneInACriticalBandOfNoise) {
    expect_thresholds(critical_band(60.0), {{1000.0, 50.5}}, kThreshold_db);
    EXPECT_NEAR(peak_margin_db(tone(1000.0, 60.0), critical_band(60.0)), 4.73, kMargin_db);
}

TEST(MaskedThresholdOracle, Row23MaskingSpreadsUpwards) {
    expect_thresholds(
        critical_band(80.0),
        {{500.0, 4.5},
         {700.0, 27.0},
         {850.0, 52.5},
         {1200.0, 63.8},
         {1500.0, 51.1},
         {2000.0, 32.3},
         {3000.0, 10.6}},
        kSlope_db
    );
}

TEST(MaskedThresholdOracle, Row24AndTheMoreSoTheLouderTheMasker) {
    expect_thresholds(
        critical_band(60.0), {{700.0, 13.3}, {1500.0, 22.5}, {2000.0, 1.4}}, kSlope_db
    );
    double const drop_db = masked_threshold_db(1500.0, critical_band(80.0)) -
                           masked_threshold_db(1500.0, critical_band(60.0));
    EXPECT_NEAR(drop_db, 28.7, kSlope_db);
}

TEST(MaskedThresholdOracle, Row29NoiseBeyondTwoCriticalBandsMasksNoMore) {
    for (auto const& row : std::vector<ThresholdRow>{
             {50.0, 46.9}, {100.0, 50.0}, {200.0, 53.4}, {400.0, 55.8}, {800.0, 56.1}}) {
        double const half_hz = row.hz / 2.0;
        SCOPED_TRACE(row.hz);
        expect_thresholds(
            white_noise(40.0, {.low_hz = 1000.0 - half_hz, .high_hz = 1000.0 + half_hz}),
            {{1000.0, row.spl_db}},
            kThreshold_db
        );
    }
}

TEST(MaskedThresholdOracle, Row30ANotchInTheNoiseLetsTheToneThrough) {
    for (auto const& row : std::vector<ThresholdRow>{{100.0, 48.3}, {200.0, 37.9}, {300.0, 26.5}}) {
        SCOPED_TRACE(row.hz);
        auto const below = white_noise(40.0, {.low_hz = 200.0, .high_hz = 1000.0 - row.hz});
        auto const above = white_noise(40.0, {.low_hz = 1000.0 + row.hz, .high_hz = 1800.0});
        expect_thresholds(together({below, above}), {{1000.0, row.spl_db}}, kThreshold_db);
    }
}

/// Share of a signal's loudness in one filter that a masker leaves.
double loudness_left(double hz, double excitation_db, double margin_db) {
    auto const ear = reference::cochlea_at(hz);
    double const signal = reference::from_db(excitation_db);
    double const threshold = signal / reference::from_db(margin_db);
    double const ratio =
        reference::from_db(reference::detection_ratio_db(hz, reference::Detection::mgb97));
    double const noise = (threshold - ear.quiet) / ratio;
    return reference::partial_specific(signal, noise, threshold, ear) /
           reference::quiet_specific(signal, ear);
}

/// Why a margin in dB is enough: it says, at any level and frequency, how much is left.
TEST(PartialLoudnessOracle, WhatIsLeftOfASoundFollowsFromItsMargin) {
    struct Row {
        double margin_db = 0.0;
        double left = 0.0;
    };

    for (auto const& row : std::vector<Row>{
             {-3.0, 0.002},
             {0.0, 0.008},
             {1.0, 0.11},
             {2.0, 0.20},
             {3.0, 0.28},
             {4.0, 0.35},
             {6.0, 0.48},
             {8.0, 0.58},
             {10.0, 0.66},
             {12.0, 0.73},
             {15.0, 0.81},
             {20.0, 0.89},
             {25.0, 0.94},
             {30.0, 0.97}}) {
        SCOPED_TRACE(row.margin_db);
        double const printed = row.left < 0.01 ? 0.0005 : 0.005; // half the last digit
        // The deviations of other levels and frequencies are printed to two digits as well.
        double const elsewhere = 0.02 + 2.0 * 0.005;
        double const low = 0.06 + 2.0 * 0.005;
        EXPECT_NEAR(loudness_left(1000.0, 60.0, row.margin_db), row.left, printed);
        EXPECT_NEAR(loudness_left(4000.0, 60.0, row.margin_db), row.left, printed);
        for (double const excitation_db : {50.0, 70.0, 80.0, 90.0}) {
            EXPECT_NEAR(loudness_left(1000.0, excitation_db, row.margin_db), row.left, elsewhere);
        }
        EXPECT_NEAR(loudness_left(250.0, 60.0, row.margin_db), row.left, elsewhere);
        EXPECT_NEAR(loudness_left(100.0, 60.0, row.margin_db), row.left, low);
    }
}

TEST(PartialLoudnessOracle, Row20AToneInWhiteNoiseAtEveryLevel) {
    struct Row {
        double spl_db = 0.0;
        double sones = 0.0;
    };

    for (auto const& row : std::vector<Row>{
             {55.0, 0.0018},
             {60.0, 0.094},
             {65.0, 0.858},
             {70.0, 2.315},
             {75.0, 4.606},
             {80.0, 7.986}}) {
        SCOPED_TRACE(row.spl_db);
        double const actual = partial_sones(tone(1000.0, row.spl_db), white_noise(40.0));
        // Near threshold 0.1 dB is 20 % of the loudness; a sone's thousandths decide nothing.
        EXPECT_NEAR(actual, row.sones, std::max(row.sones * 0.05, 0.002));
    }
}

TEST(PartialLoudnessOracle, Row21AToneInWhiteNoiseOfEveryLevel) {
    struct Row {
        double n0_db = 0.0;
        double sones = 0.0;
    };

    for (auto const& row :
         std::vector<Row>{{0.0, 3.83}, {10.0, 3.36}, {20.0, 2.55}, {30.0, 1.353}, {40.0, 0.094}}) {
        SCOPED_TRACE(row.n0_db);
        double const actual = partial_sones(tone(1000.0, 60.0), white_noise(row.n0_db));
        EXPECT_NEAR(actual, row.sones, row.sones * 0.04);
    }
}

TEST(PartialLoudnessOracle, Row26AToneAboveALoudCriticalBand) {
    auto const sound = tone(1500.0, 60.0);
    EXPECT_NEAR(sones(sound), 4.11, 4.11 * 0.05);
    EXPECT_NEAR(partial_sones(sound, critical_band(80.0)), 0.810, 0.810 * 0.05);
    EXPECT_NEAR(peak_margin_db(sound, critical_band(80.0)), 6.08, kMargin_db);
}

TEST(PartialLoudnessOracle, Row27SoundsFarApartLeaveEachOtherAlone) {
    auto const sound = tone(4000.0, 40.0);
    auto const masker = tone(250.0, 80.0);
    EXPECT_NEAR(sones(sound), 1.767, 1.767 * 0.01);
    EXPECT_NEAR(partial_sones(sound, masker), 1.767, 1.767 * 0.01);
    EXPECT_NEAR(peak_margin_db(sound, masker), 43.8, kMargin_db);
}

} // namespace

} // namespace stemlathe::test
