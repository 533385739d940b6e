// The masking model's oracle on sounds that change, against the worked examples of ISO 532-3:2023
// and what the program of the model's authors gives. Rows are those of the figures that issue 3
// holds the model to.

#include "tests/reference/varying_loudness_reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

namespace stemlathe::test {

namespace {

constexpr double kSine_db_spl = 100.0;

/// A sine that begins at 0.
std::vector<double> tone(double hz, double spl_db, double seconds) {
    double const amplitude = std::pow(10.0, (spl_db - kSine_db_spl) / 20.0);
    std::vector<double> sound;
    for (int n = 0; n < std::lround(seconds * reference::kVaryingRate_hz); ++n) {
        double const turns = hz * n / reference::kVaryingRate_hz;
        sound.push_back(amplitude * std::sin(2.0 * std::numbers::pi * turns));
    }
    return sound;
}

reference::VaryingLoudness heard(std::vector<double> const& sound) {
    return reference::diotic_loudness(sound, kSine_db_spl, reference::Field::free);
}

double highest_long_term(double hz, double spl_db, double seconds) {
    return std::ranges::max(heard(tone(hz, spl_db, seconds)).long_term);
}

struct Row {
    double spl_db = 0.0;
    double sones = 0.0;
};

// What the printed digits leave open, and tables of the ear that are read off figures.
constexpr double kPrinted = 0.03;
constexpr double kProgram = 0.01;

void expect_highest_long_term(double hz, std::vector<Row> const& rows) {
    for (auto const& row : rows) {
        SCOPED_TRACE(row.spl_db);
        EXPECT_NEAR(highest_long_term(hz, row.spl_db, 1.3), row.sones, row.sones * kPrinted);
    }
}

// Source of both: ISO 532-3:2023, Annex C.1.
TEST(VaryingLoudnessOracle, Row15ALongToneOfOneKilohertzComesUpToASteadyOne) {
    expect_highest_long_term(1000.0, {{40.0, 1.00}, {60.0, 4.1}, {80.0, 15.4}});
}

TEST(VaryingLoudnessOracle, Row15AndOneOfThreeKilohertzToo) {
    expect_highest_long_term(3000.0, {{20.0, 0.37}, {40.0, 1.9}, {60.0, 7.2}, {80.0, 26.4}});
}

TEST(VaryingLoudnessOracle, Row16AShortToneIsSofterThanALongOne) {
    // Source: the authors' program, translated by Hsiao and Slaney, its own tests' figures.
    auto const short_tone = heard(tone(1000.0, 40.0, 0.1));
    EXPECT_NEAR(std::ranges::max(short_tone.long_term), 0.5514, 0.5514 * kProgram);
    EXPECT_NEAR(short_tone.short_term[0], 0.06962, 0.06962 * kProgram);
    EXPECT_NEAR(short_tone.short_term[4], 0.26342, 0.26342 * kProgram);
    EXPECT_NEAR(short_tone.long_term[4], 0.008544, 0.008544 * kProgram);
}

TEST(VaryingLoudnessOracle, LoudnessRisesFasterThanItFades) {
    auto sound = tone(1000.0, 60.0, 0.3);
    sound.resize(2 * sound.size(), 0.0);
    auto const both = heard(sound);
    auto const at = [](std::vector<double> const& sones, std::size_t ms) {
        return sones.at(ms) / std::ranges::max(sones);
    };
    // A stage that takes a share a in a millisecond comes to 1 - (1 - a)^t; what a window of 16 ms
    // still has of the end of a tone is heard for some 7 ms.
    EXPECT_NEAR(at(both.short_term, 20), 1.0 - std::pow(1.0 - 0.045, 20.0), 0.02);
    EXPECT_NEAR(at(both.short_term, 350), std::pow(1.0 - 0.033, 50.0 - 7.0), 0.02);
    EXPECT_NEAR(at(both.long_term, 590), std::pow(1.0 - 0.00133, 250.0), 0.02);
}

/// Of an ear that hears nothing the other is not inhibited.
TEST(VaryingLoudnessOracle, OneEarIsTwoThirdsAsLoudAsTwo) {
    auto const sound = tone(1000.0, 60.0, 0.2);
    auto const segment = std::span<double const>{sound}.subspan(2048, reference::kVaryingSize);
    auto const ear = reference::instantaneous_loudness(
        reference::varying_spectrum(segment, kSine_db_spl), reference::Field::free
    );
    reference::VaryingEars one;
    reference::VaryingEars two;
    one.hear(ear, std::vector<double>(ear.size(), 0.0));
    two.hear(ear, ear);
    EXPECT_NEAR(two.heard().short_term[0] / one.heard().short_term[0], 1.5, 0.002);
}

} // namespace

} // namespace stemlathe::test
