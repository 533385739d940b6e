#include "kernels/base/units.hpp"
#include "tests/reference/equaliser_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace stemlathe::test {

namespace {

/// What design_fir promises where its error_db is at most 0.1, and float32 on top of it.
constexpr double kMagnitude_db = 0.1 + 0.001;
/// The contract's bound; a float32 transform of 16384 comes to about -135.
constexpr double kResidual_dbfs = -120.0;

using Type = EqualiserType;

EqualiserBand band(Type type, double hz, double gain_db, double q) {
    return {.type = type, .hz = hz, .gain_db = gain_db, .q = q, .points = {}};
}

EqualiserBand pass(Type type, double hz, double slope_db_oct) {
    return {.type = type, .hz = hz, .slope_db_oct = slope_db_oct, .points = {}};
}

EqualiserBand curve(std::vector<CurvePoint> points) {
    return {.type = Type::curve, .points = std::move(points)};
}

/// A plausible mastering curve; its filter has the shortest length, 4096.
EqualiserSettings gentle(int rate_hz = 48'000) {
    return {
        .rate_hz = rate_hz,
        .bands = {
            band(Type::low_shelf, 120.0, 1.5, 0.7071),
            band(Type::bell, 3'000.0, -3.0, 1.0),
            band(Type::high_shelf, 9'000.0, 2.0, 0.7071)}};
}

class Equaliser : public EachBackend {
  protected:
    /// The stage's answer to an impulse in the middle of twice its filter's length.
    Signal impulse_response(EqualiserSettings const& settings, std::int64_t at) {
        auto const stage = backend->make_equaliser(settings);
        return run(*backend, *stage, impulse(2 * at, at), 65'536);
    }

    /// Compares magnitudes with the analogue ones from 20 Hz to 0.45 rate.
    void expect_magnitudes(EqualiserSettings const& settings, std::string const& what) {
        auto const design = design_fir(settings);
        ASSERT_LE(design.error_db, 0.1) << what << ": no filter length does it";
        auto const response = impulse_response(settings, design.length);
        double const top_hz = 0.45 * settings.rate_hz;
        std::vector<double> places_hz;
        for (double const hz : frequencies_hz(20.0, top_hz, std::exp2(0.25))) {
            places_hz.push_back(hz);
        }
        for (auto const& one : settings.bands) {
            for (double const octaves : {-0.2, -0.05, 0.0, 0.05, 0.2}) {
                places_hz.push_back(std::clamp(one.hz * std::exp2(octaves), 20.0, top_hz));
            }
        }
        for (double const hz : places_hz) {
            double const expected = reference::magnitude(settings.bands, hz);
            auto const actual =
                reference::spectrum_at(response, design.length, hz, settings.rate_hz);
            if (expected > 1e-3) { // -60 dB, as promised
                EXPECT_NEAR(db_from_gain(std::abs(actual)), db_from_gain(expected), kMagnitude_db)
                    << what << " at " << hz << " Hz, rate " << settings.rate_hz;
                // Linear phase, and none at all once the latency is compensated.
                EXPECT_NEAR(std::arg(actual), 0.0, 1e-3) << what << " at " << hz << " Hz";
            }
        }
    }
};

TEST_P(Equaliser, HasTheMagnitudesOfTheAnaloguePrototypes) {
    for (int const rate_hz : {44'100, 48'000, 96'000, 192'000}) {
        expect_magnitudes({rate_hz, {band(Type::bell, 250.0, 6.0, 1.0)}}, "bell");
        expect_magnitudes({rate_hz, {band(Type::bell, 60.0, 12.0, 4.0)}}, "narrow bell at 60 Hz");
        expect_magnitudes({rate_hz, {band(Type::bell, 60.0, -12.0, 4.0)}}, "narrow cut at 60 Hz");
        expect_magnitudes({rate_hz, {band(Type::low_shelf, 100.0, -6.0, 0.7071)}}, "low shelf");
        expect_magnitudes({rate_hz, {band(Type::high_shelf, 8'000.0, 6.0, 1.0)}}, "high shelf");
        expect_magnitudes({rate_hz, {pass(Type::high_pass, 30.0, 24.0)}}, "high-pass");
        expect_magnitudes({rate_hz, {pass(Type::low_pass, 16'000.0, 12.0)}}, "low-pass");
        expect_magnitudes({rate_hz, {band(Type::tilt, 1'000.0, 6.0, 1.0)}}, "tilt");
    }
}

TEST_P(Equaliser, HasTheMagnitudesOfSteepAndShallowPasses) {
    for (double const slope_db_oct : {6.0, 12.0, 18.0, 36.0, 48.0}) {
        auto const slope = std::to_string(slope_db_oct);
        expect_magnitudes({48'000, {pass(Type::high_pass, 80.0, slope_db_oct)}}, "high " + slope);
        expect_magnitudes({48'000, {pass(Type::low_pass, 5'000.0, slope_db_oct)}}, "low " + slope);
    }
}

TEST_P(Equaliser, HasTheMagnitudesOfCurvesAndOfBandsTogether) {
    expect_magnitudes({44'100, {curve({{50, 2}, {100, -1}, {1'000, 0}, {5'000, 3}})}}, "curve");
    expect_magnitudes(gentle(), "several bands");
}

TEST_P(Equaliser, DigsANotchAndLeavesTheRestAlone) {
    EqualiserSettings const settings{48'000, {band(Type::notch, 1'000.0, 0.0, 4.0)}};
    auto const design = design_fir(settings);
    EXPECT_GT(design.error_db, 0.1) << "its bottom is a kink: the error must be owned up to";
    EXPECT_EQ(design.length, 65'536);
    auto const response = impulse_response(settings, design.length);
    auto const level_db = [&](double hz) {
        return db_from_gain(std::abs(reference::spectrum_at(response, design.length, hz, 48'000)));
    };
    EXPECT_LT(level_db(1'000.0), -50.0);
    for (double const hz : {100.0, 500.0, 900.0, 990.0, 1'010.0, 1'100.0, 2'000.0, 10'000.0}) {
        double const expected_db = db_from_gain(reference::magnitude(settings.bands, hz));
        EXPECT_NEAR(level_db(hz), expected_db, kMagnitude_db) << hz;
    }
}

TEST_P(Equaliser, SaysWhatANarrowBandAtTheBottomCosts) {
    // Half a hertz wide: no length up to 65536 resolves it, and the design says so.
    auto const design = design_fir({48'000, {band(Type::bell, 20.0, 24.0, 30.0)}});
    EXPECT_EQ(design.length, 65'536);
    EXPECT_GT(design.error_db, 1.0);
}

TEST_P(Equaliser, HasASymmetricImpulseResponse) {
    constexpr std::int64_t kAt = 9'000;
    auto const response = impulse_response(gentle(), kAt);
    Signal mirrored(response.size());
    for (std::size_t n = 1; n < response.size() / 2; ++n) { // around frame 9000 of 18000
        mirrored[2 * (response.size() / 2 - n)] = response[2 * n];
        mirrored[2 * (response.size() / 2 - n) + 1] = response[2 * n + 1];
    }
    // Equal taps meet different rounding in the transform.
    EXPECT_TRUE(audio_near(response, mirrored, -130.0));
    auto const peak = std::max_element(response.begin(), response.end()) - response.begin();
    EXPECT_EQ(peak / 2, kAt);
}

TEST_P(Equaliser, EqualsDirectConvolution) {
    auto const noise = white_noise({.frames = 30'001, .seed = 3});
    auto const expected = reference::convolve(noise, design_fir(gentle()).taps);
    auto const stage = backend->make_equaliser(gentle());
    EXPECT_TRUE(audio_near(run(*backend, *stage, noise), expected, kResidual_dbfs));
}

TEST_P(Equaliser, EqualsDirectConvolutionWithALongFilterToo) {
    constexpr std::int64_t kStep = 97; // frames that are compared
    EqualiserSettings const settings{48'000, {band(Type::bell, 60.0, 12.0, 4.0)}};
    auto const noise = white_noise({.frames = 120'001, .seed = 4});
    auto const expected = reference::convolve(noise, design_fir(settings).taps, kStep);
    auto const stage = backend->make_equaliser(settings);
    auto actual = run(*backend, *stage, noise, 65'536);
    for (std::size_t i = 0; i < actual.size(); ++i) {
        actual[i] = i / 2 % kStep == 0 ? actual[i] : 0.0F;
    }
    EXPECT_TRUE(audio_near(actual, expected, kResidual_dbfs));
}

TEST_P(Equaliser, GivesTheSameBitsForEverySegmentSize) {
    auto const noise = bursts({.frames = 150'000, .seed = 5});
    auto const once = run(*backend, *backend->make_equaliser(gentle()), noise, 150'000);
    for (std::int64_t const segment : {31, 4'096, 65'536}) {
        auto const stage = backend->make_equaliser(gentle());
        EXPECT_TRUE(audio_identical(run(*backend, *stage, noise, segment), once)) << segment;
    }
    auto const few = Signal(noise.begin(), noise.begin() + 2 * 20'000);
    auto const whole = run(*backend, *backend->make_equaliser(gentle()), few, 20'000);
    auto const single = run(*backend, *backend->make_equaliser(gentle()), few, 1);
    EXPECT_TRUE(audio_identical(single, whole));
}

TEST_P(Equaliser, GivesAsManyFramesAsItTakes) {
    // Around the hop (12288) and the transform (16384) of the shortest filter.
    for (std::int64_t const frames :
         {1, 31, 32, 33, 2'047, 2'048, 12'287, 12'288, 12'289, 16'383, 16'384, 16'385}) {
        auto const noise = white_noise({.frames = frames});
        auto const stage = backend->make_equaliser(gentle());
        auto const expected = reference::convolve(noise, design_fir(gentle()).taps, 1);
        EXPECT_TRUE(audio_near(run(*backend, *stage, noise), expected, kResidual_dbfs)) << frames;
    }
}

TEST_P(Equaliser, GivesNothingForNothing) {
    auto const stage = backend->make_equaliser(gentle());
    EXPECT_EQ(stage->finish().frames, 0);
}

TEST_P(Equaliser, IsBitExactWhenNothingIsSet) {
    auto noise = white_noise({.frames = 5'000});
    noise[0] = -0.0F;
    noise[1] = std::numeric_limits<float>::denorm_min();
    noise[2] = -1.0F;
    EqualiserSettings const nothing{48'000, {}};
    EqualiserSettings const flat{
        96'000,
        {band(Type::bell, 100.0, 0.0, 4.0),
         band(Type::tilt, 1'000.0, 0.0, 1.0),
         curve({{100, 0.0}, {1'000, 0.0}})}};
    for (auto const& settings : {nothing, flat}) {
        auto const stage = backend->make_equaliser(settings);
        AudioBuffer buffer;
        auto const view = stage->process(backend->upload(noise, 0, buffer));
        ASSERT_EQ(view.frames, 5'000) << "there must be no latency";
        Signal output(noise.size());
        backend->download(view, output);
        EXPECT_TRUE(audio_identical(output, noise));
        EXPECT_EQ(stage->finish().frames, 0);
    }
}

TEST_P(Equaliser, KeepsSilenceSilentAndDirectCurrentInPlace) {
    auto const nothing = silence(40'000);
    auto const quiet = run(*backend, *backend->make_equaliser(gentle()), nothing);
    EXPECT_EQ(peak_difference_dbfs(quiet, nothing), kSilence_db);

    Signal const full(40'000, 1.0F);
    auto const shelved = run(*backend, *backend->make_equaliser(gentle()), full);
    // Far from the ends the gain is that at 0 Hz: the low shelf's.
    EXPECT_NEAR(db_from_gain(shelved[20'000]), 1.5, 0.05);

    Signal const tiny(40'000, std::numeric_limits<float>::denorm_min());
    auto const still_tiny = run(*backend, *backend->make_equaliser(gentle()), tiny);
    EXPECT_LT(peak_difference_dbfs(still_tiny, silence(20'000)), -299.0);
}

TEST_P(Equaliser, KeepsTheChannelsApart) {
    auto noise = white_noise({.frames = 40'000});
    for (std::size_t n = 0; n < noise.size(); n += 2) {
        noise[n + 1] = 0.0F;
    }
    auto output = run(*backend, *backend->make_equaliser(gentle()), noise);
    for (std::size_t n = 0; n < noise.size(); n += 2) {
        output[n] = 0.0F; // left is as it may be; right must be silent but for rounding
    }
    EXPECT_TRUE(audio_near(output, silence(40'000), kResidual_dbfs));
}

TEST_P(Equaliser, RefusesValuesOutOfRangeInASentence) {
    auto const refuses = [&](EqualiserSettings const& settings, std::string const& word) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, word, [&] {
            static_cast<void>(backend->make_equaliser(settings));
        })) << word;
    };
    refuses({48'000, {band(Type::bell, 9.9, 1.0, 1.0)}}, "frequency is 9.9 Hz");
    refuses({48'000, {band(Type::bell, 24'001.0, 1.0, 1.0)}}, "24000 Hz");
    refuses({48'000, {band(Type::bell, 100.0, 24.1, 1.0)}}, "gain is 24.1 dB");
    refuses({48'000, {band(Type::bell, 100.0, std::nan(""), 1.0)}}, "gain");
    refuses({48'000, {band(Type::bell, 100.0, 1.0, 0.05)}}, "Q is 0.05");
    refuses({48'000, {pass(Type::high_pass, 100.0, 54.0)}}, "slope is 54");
    refuses({48'000, {pass(Type::low_pass, 100.0, 13.0)}}, "multiple of 6");
    refuses({48'000, {curve({})}}, "0 points");
    refuses({48'000, {curve({{100, 1}, {100, 2}})}}, "must rise");
    refuses({48'000, std::vector<EqualiserBand>(65)}, "65 bands");
    refuses({1'000, {}}, "sample rate");
}

INSTANTIATE_EACH_BACKEND(Equaliser);

} // namespace

} // namespace stemlathe::test
