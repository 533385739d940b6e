#include "kernels/quantise/quantise_math.hpp"
#include "tests/kernels/quantised.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <string>

namespace stemlathe::test {

namespace {

using Quantise = EachBackend;

/// Every way in which integers are written.
std::vector<QuantiseSettings> integer_settings() {
    std::vector<QuantiseSettings> out;
    for (auto const dither : {Dither::none, Dither::tpdf, Dither::shaped}) {
        for (auto const& [format, bits] :
             {std::pair{SampleFormat::pcm_16, 16},
              {SampleFormat::pcm_24, 24},
              {SampleFormat::pcm_24, 16},
              {SampleFormat::pcm_32, 24},
              {SampleFormat::pcm_32, 16}}) {
            out.push_back(
                {.rate_hz = 44'100, .format = format, .bits = bits, .dither = dither, .seed = 3}
            );
        }
    }
    return out;
}

TEST_P(Quantise, WritesRepresentableSamplesBitForBitWithoutDither) {
    for (auto const& settings : integer_settings()) {
        if (settings.dither != Dither::none) {
            continue;
        }
        auto const full_scale = std::int64_t{1} << (settings.bits - 1);
        std::vector<std::int64_t> expected{-full_scale, full_scale - 1, 0, -1, 1, 2};
        for (std::uint64_t i = 0; i < 9'996; ++i) {
            expected.push_back(static_cast<std::int64_t>(
                std::floor((2.0 * uniform(11, i) - 1.0) * static_cast<double>(full_scale))
            ));
        }
        Signal signal;
        for (auto const level : expected) {
            signal.push_back(
                static_cast<float>(std::ldexp(static_cast<double>(level), 1 - settings.bits))
            );
        }
        auto const written = write(*backend, settings, signal);
        EXPECT_EQ(levels_of(written, settings), expected) << name_of(settings.format);
        EXPECT_EQ(written.clipped_samples, 0);
    }
}

TEST_P(Quantise, RoundsToTheNearestStepWithoutDither) {
    auto const errors = errors_of(
        *backend, with(kCd, Dither::none), white_noise({.level_dbfs = -20.0, .frames = 20'000})
    );
    for (double const error : errors) {
        ASSERT_LE(std::abs(error), 0.5);
    }
}

TEST_P(Quantise, HasAnErrorOfLessThanOneAndAHalfStepsWithTpdf) {
    for (int const bits : {16, 24}) {
        QuantiseSettings const settings{
            .rate_hz = 48'000,
            .format = SampleFormat::pcm_24,
            .bits = bits,
            .dither = Dither::tpdf,
            .seed = 5};
        double worst = 0.0;
        for (double const error :
             errors_of(*backend, settings, white_noise({.level_dbfs = -10.0, .frames = 400'000}))) {
            worst = std::max(worst, std::abs(error));
        }
        EXPECT_LT(worst, 1.5) << bits;
        EXPECT_GT(worst, 1.4) << bits << ": the dither does not span 2 LSB";
    }
}

/// Of the estimate from 800,000 values: variance of e^2 is below 0.2, so 5 sigma is 0.0025.
constexpr double kVarianceTolerance = 0.0025;

TEST_P(Quantise, HasTheSameErrorVarianceForEveryDcLevel) {
    for (double const level_lsb : {0.0, 0.1, 0.25, 0.5, 0.77, -1.3}) {
        Signal const signal(800'000, static_cast<float>(std::ldexp(level_lsb, -15)));
        auto const errors = errors_of(*backend, kCd, signal);
        double mean = 0.0;
        for (double const error : errors) {
            mean += error / static_cast<double>(errors.size());
        }
        EXPECT_NEAR(mean, 0.0, 0.003) << level_lsb; // 5 sigma of 0.5 / sqrt(800,000)
        EXPECT_NEAR(mean_product(errors, errors), 0.25, kVarianceTolerance) << level_lsb;
    }
}

TEST_P(Quantise, WritesSilenceAsThreeQuartersZeros) {
    std::array<double, 3> shares{};
    auto const levels = levels_of(write(*backend, kCd, silence(400'000)), kCd);
    for (auto const level : levels) {
        ASSERT_LE(std::abs(level), 1);
        shares[static_cast<std::size_t>(level + 1)] += 1.0 / static_cast<double>(levels.size());
    }
    EXPECT_NEAR(shares[0], 0.125, 0.002); // 5 sigma is 0.0019
    EXPECT_NEAR(shares[1], 0.75, 0.0025);
    EXPECT_NEAR(shares[2], 0.125, 0.002);
}

TEST_P(Quantise, KeepsAToneOfAQuarterStep) {
    constexpr std::int64_t kFrames = 441'000;
    auto const tone = sine(
        {.hz = 1'000.0,
         .level_dbfs = 20.0 * std::log10(std::ldexp(0.25, -15)),
         .seconds = 10.0,
         .rate_hz = 44'100}
    );
    for (auto const dither : {Dither::tpdf, Dither::shaped}) {
        auto const levels = levels_of(write(*backend, with(kCd, dither), tone), kCd);
        double amplitude = 0.0;
        for (std::size_t n = 0; n < kFrames; ++n) {
            amplitude +=
                2.0 / kFrames * static_cast<double>(levels[2 * n]) *
                std::sin(2.0 * std::numbers::pi * 1'000.0 * static_cast<double>(n) / 44'100);
        }
        EXPECT_NEAR(amplitude, 0.25, 0.006); // 5 sigma of 0.5 sqrt(2 / 441,000)
    }
}

TEST_P(Quantise, DrawsIndependentDitherForEachChannelAndEachFrame) {
    auto const errors = errors_of(*backend, kCd, silence(400'000));
    auto const left = channel_of(errors, 0);
    auto const right = channel_of(errors, 1);
    constexpr double kCorrelation = 0.002; // 5 sigma of 0.25 / sqrt(400,000)
    EXPECT_NEAR(mean_product(left, right), 0.0, kCorrelation);
    for (std::size_t const lag : {1U, 2U, 3U, 64U, 4'096U, 16'384U}) {
        auto const later = std::span{left}.subspan(lag);
        EXPECT_NEAR(mean_product(later, std::span{left}.first(later.size())), 0.0, kCorrelation);
        EXPECT_NEAR(mean_product(later, std::span{right}.first(later.size())), 0.0, kCorrelation);
    }
}

TEST(DitherKeys, ServeTwoToTheThirtyTwoSamplesEach) {
    auto const start = [](std::uint64_t sample) {
        return quantise::dither_key(1, sample).start;
    };
    EXPECT_EQ(start(0), start(0xFFFF'FFFFU));
    EXPECT_NE(start(0), start(std::uint64_t{1} << 32U));
    EXPECT_NE(start(0), quantise::dither_key(2, 0).start);
}

TEST_P(Quantise, WritesTheSameBytesForTheSameSeedAndOthersForAnother) {
    auto const noise = white_noise({.frames = 10'000});
    auto other = kCd;
    other.seed = 8;
    auto const errors = errors_of(*backend, kCd, noise);
    auto const others = errors_of(*backend, other, noise);
    EXPECT_EQ(errors, errors_of(*backend, kCd, noise));
    // Two roundings of one value share part of their error; their dither must not be shared.
    EXPECT_LT(mean_product(errors, others), 0.02);
}

TEST_P(Quantise, GivesTheSameBytesForEverySegmentSize) {
    auto const noise = white_noise({.frames = 70'000, .seed = 4});
    Signal const start(noise.begin(), noise.begin() + 1'200);
    auto all = integer_settings();
    all.push_back({.format = SampleFormat::float_32, .dither = Dither::none});
    for (auto const& settings : all) {
        auto const whole = write(*backend, settings, noise, 70'000).bytes;
        for (std::int64_t const segment : {31, 4'096, 16'384, 65'536}) {
            EXPECT_TRUE(write(*backend, settings, noise, segment).bytes == whole) << segment;
        }
        auto const first = write(*backend, settings, start, 1).bytes;
        EXPECT_TRUE(std::equal(first.begin(), first.end(), whole.begin()));
    }
}

TEST_P(Quantise, ClipsAndCountsWhatIsBeyondFullScale) {
    constexpr float kMost = std::numeric_limits<float>::max();
    Signal const signal{1.2F, -1.2F, kMost, -kMost, 1.0F, -1.0F, 0.5F, -0.5F};
    for (auto settings : integer_settings()) {
        auto const full_scale = std::int64_t{1} << (settings.bits - 1);
        auto const written = write(*backend, settings, signal);
        auto const levels = levels_of(written, settings);
        for (std::size_t i = 0; i < 4; ++i) {
            EXPECT_EQ(levels[i], i % 2 == 0 ? full_scale - 1 : -full_scale);
        }
        EXPECT_GE(written.clipped_samples, 4);
        EXPECT_LE(written.clipped_samples, 6);
        if (settings.dither == Dither::none) {
            EXPECT_EQ(written.clipped_samples, 5); // +1.0 has no code, -1.0 has
        }
    }
}

TEST_P(Quantise, RecoversFromClippingAtOnce) {
    Signal signal(2 * 2'000, 3.0F);
    std::fill(signal.begin() + 2'000, signal.end(), 0.0F);
    auto const levels = levels_of(write(*backend, with(kCd, Dither::shaped), signal), kCd);
    for (std::size_t i = 2'000; i < levels.size(); ++i) {
        // |e| <= 1.5 and sum |c| = 3.6 bound the sum that is rounded.
        ASSERT_LE(std::abs(levels[i]), 7);
    }
}

TEST_P(Quantise, PassesFloatsOnUntouched) {
    Signal const signal{0.1F, -3.0F, 1e-40F, -0.0F, 1.0F, -1.0F};
    for (auto const dither : {Dither::none, Dither::tpdf, Dither::shaped}) {
        auto const written = write(
            *backend, {.format = SampleFormat::float_32, .bits = 24, .dither = dither}, signal
        );
        ASSERT_EQ(written.bytes.size(), signal.size() * sizeof(float));
        EXPECT_EQ(std::memcmp(written.bytes.data(), signal.data(), written.bytes.size()), 0);
        EXPECT_EQ(written.clipped_samples, 0);
    }
}

TEST_P(Quantise, RefusesWhatIsNotANumberAndNamesTheFrame) {
    auto all = integer_settings();
    all.push_back({.format = SampleFormat::float_32, .dither = Dither::none});
    for (auto const& settings : all) {
        for (float const wrong :
             {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
            auto noise = white_noise({.frames = 9'000});
            noise[2 * 8'001] = wrong;
            noise[2 * 8'500] = wrong;
            for (std::int64_t const segment : {1'000, 9'000}) {
                try {
                    (void)write(*backend, settings, noise, segment);
                    ADD_FAILURE() << wrong << " was written";
                } catch (Failure const& failure) {
                    EXPECT_EQ(failure.code(), Code::not_a_number);
                    EXPECT_NE(std::string{failure.what()}.find("frame 8001"), std::string::npos)
                        << failure.what();
                }
            }
        }
    }
}

TEST_P(Quantise, TakesSignalsOfAnyLengthAndDenormals) {
    for (auto const& settings : integer_settings()) {
        for (std::size_t const frames : {1U, 31U, 32U, 33U, 16'383U, 16'384U, 16'385U, 32'769U}) {
            auto const written = write(*backend, settings, Signal(2 * frames, 1e-41F));
            auto const levels = levels_of(written, settings);
            ASSERT_EQ(levels.size(), 2 * frames);
            for (auto const level : levels) {
                ASSERT_LE(std::abs(level), settings.dither == Dither::shaped ? 7 : 1);
            }
        }
    }
}

TEST_P(Quantise, RefusesWhatCannotBeWritten) {
    for (auto const& [settings, word] :
         {std::pair<QuantiseSettings, char const*>{
              {.format = SampleFormat::float_64}, "64-bit float"},
          {{.format = SampleFormat::pcm_24, .bits = 20}, "16 or 24"},
          {{.format = SampleFormat::pcm_16, .bits = 24}, "does not fit into pcm_16"},
          {{.rate_hz = 0}, "8000 to 384000"},
          {{.rate_hz = 1'000'000}, "8000 to 384000"}}) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, word, [&] {
            static_cast<void>(backend->make_quantiser(settings));
        })) << word;
    }
}

INSTANTIATE_EACH_BACKEND(Quantise);

} // namespace

} // namespace stemlathe::test
