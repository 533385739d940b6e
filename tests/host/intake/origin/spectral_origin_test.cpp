#include "host/intake/origin/band_edge.hpp"
#include "host/intake/origin/origin_checks.hpp"
#include "tests/host/intake/origin/origin_checked.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

std::vector<Finding> origin_findings(Stem const& stem, Signal const& signal, bool mono = false) {
    return findings_of(intake::make_spectral_origin_check, stem, signal, mono);
}

/// A spectrum drawn by hand: one bin every 12 Hz up to half of `rate_hz`.
template <typename LevelAt>
MeanSpectrum spectrum_of(double rate_hz, LevelAt level_db_at) {
    MeanSpectrum spectrum{.bin_hz = 12.0, .windows = 64};
    for (double hz = 0.0; hz < 0.5 * rate_hz; hz += spectrum.bin_hz) {
        spectrum.powers.push_back(std::pow(10.0, level_db_at(hz) / 10.0));
    }
    return spectrum;
}

TEST(CodecEdge, IsADropOfThirtyDecibels) {
    auto const dropping_by = [](double drop_db) {
        return spectrum_of(44'100.0, [=](double hz) {
            return hz < 16'000.0 ? -90.0 : -90.0 - drop_db;
        });
    };
    EXPECT_FALSE(codec_edge(dropping_by(kCodecDrop_db - 0.5)));
    auto const edge = codec_edge(dropping_by(kCodecDrop_db + 0.5));
    ASSERT_TRUE(edge);
    EXPECT_NEAR(edge->hz, 16'000.0, 100.0);
    EXPECT_NEAR(edge->drop_db, kCodecDrop_db + 0.5, 0.1);
}

TEST(CodecEdge, IsNotAFilterThatGoesOnFalling) {
    for (double const db_per_octave : {24.0, 48.0, 96.0, 140.0}) {
        auto const filtered = spectrum_of(48'000.0, [=](double hz) {
            return hz < 10'000.0 ? -80.0 : -80.0 - db_per_octave * std::log2(hz / 10'000.0);
        });
        EXPECT_FALSE(codec_edge(filtered)) << db_per_octave;
    }
}

TEST(CodecEdge, IsNotAConvertersFilter) {
    // From 44.1 kHz on: passes up to 20.1 kHz, 100 dB down at half the rate.
    auto const converted = spectrum_of(44'100.0, [](double hz) {
        return hz < 20'100.0 ? -120.0 : -120.0 - (hz - 20'100.0) / 1'950.0 * 100.0;
    });
    EXPECT_FALSE(codec_edge(converted));
}

TEST(CodecEdge, IsSeenBetweenPartialsOnly) {
    // An organ's highest partial at 14 kHz over an even floor: lines, and nothing that breaks off.
    auto const organ = spectrum_of(48'000.0, [](double hz) {
        return hz < 14'000.0 && std::fmod(hz, 440.0) < 60.0 ? -50.0 : -140.0;
    });
    EXPECT_FALSE(codec_edge(organ));
}

TEST(UpsamplingEdge, NeedsFiftyDecibelsAndNothingAbove) {
    auto const ending = [](double drop_db, double level_db) {
        return spectrum_of(96'000.0, [=](double hz) {
            return hz < 22'000.0 ? level_db : level_db - drop_db;
        });
    };
    EXPECT_FALSE(upsampling_edge(ending(kUpsamplingDrop_db - 0.5, -110.0)));
    auto const edge = upsampling_edge(ending(kUpsamplingDrop_db + 0.5, -110.0));
    ASSERT_TRUE(edge);
    EXPECT_EQ(edge->hz, 22'050.0);
    // A converter's own noise is there above: it was made at this rate.
    EXPECT_FALSE(upsampling_edge(ending(kUpsamplingDrop_db + 0.5, -85.0)));
}

TEST(UpsamplingEdge, IsNotAPluginsHalfBandFilter) {
    auto const filtered = spectrum_of(48'000.0, [](double hz) {
        return hz < 21'600.0 ? -100.0 : -100.0 - (hz - 21'600.0) / 2'400.0 * 100.0;
    });
    EXPECT_FALSE(upsampling_edge(filtered));
}

TEST(IntakeOrigin, LeavesHonestStemsAlone) {
    for (int const rate_hz : {44'100, 48'000, 96'000, 192'000}) {
        auto const pink = pink_noise({.level_dbfs = -20.0, .frames = 3 * rate_hz, .seed = 11});
        EXPECT_TRUE(origin_findings(stem_at(rate_hz, pink), pink).empty()) << rate_hz;
        EXPECT_TRUE(origin_findings(stem_at(rate_hz, pink), pink, true).empty()) << rate_hz;
    }
    for (std::int64_t const frames : {0, 1, 4'095, 4'096, 4'097, 10'000}) {
        auto const short_one = white_noise({.frames = frames, .seed = 12});
        EXPECT_TRUE(origin_findings(stem_of(short_one), short_one).empty()) << frames;
    }
    EXPECT_TRUE(origin_findings(stem_of(silence(100'000)), silence(100'000)).empty());
}

} // namespace

} // namespace stemlathe::test
