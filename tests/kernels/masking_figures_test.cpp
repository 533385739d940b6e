// The masking model on audio: spectrum, excitation and masking one after the other, held to the
// figures of issue 3 that the oracle of tests/conformance meets on exact line spectra. Noise
// fluctuates from window to window, so margins are means over time.

#include "kernels/backend.hpp"
#include "tests/reference/masking_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace stemlathe::test {

namespace {

using MaskingFigures = EachBackend;

// What the figures allow an analysis of audio.
constexpr double kTone_db = 0.7;
constexpr double kNoise_db = 0.5;

// The figures know no time, and noise lingers where it happens to be louder than a moment later:
// that lowers margins over steady noise by 0.2 dB at 10 kHz and 0.6 dB at 1 kHz.
constexpr double kLingering_db = 0.35;
constexpr double kRounding_db = 1e-3; // at high frequencies nothing lingers from hop to hop

constexpr double kCalibration_db_spl = 95.0;
constexpr std::int64_t kFrames = 144'000;
constexpr std::int64_t kSettledHops = 4; ///< from either end of the song

/// A 1 kHz sine of a level at both ears.
Signal tone(double spl_db) {
    double const rms_dbfs = spl_db - kCalibration_db_spl;
    return sine({.hz = 1'000.0, .level_dbfs = rms_dbfs + 3.0103, .seconds = 3.0});
}

/// The left channel on both, as the figures have it: the better ear would choose between two.
Signal diotic(Signal signal) {
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        signal[i + 1] = signal[i];
    }
    return signal;
}

/// White noise of a spectrum level, dB SPL in 1 Hz.
Signal noise(double n0_db, std::uint64_t seed) {
    double const rms_dbfs = n0_db + reference::to_db(24'000.0) - kCalibration_db_spl;
    return diotic(white_noise({.level_dbfs = rms_dbfs, .frames = kFrames, .seed = seed}));
}

/// What is known about all stems, in host memory.
struct Analysis {
    std::vector<float> values{};
    MaskingView layout{};

    [[nodiscard]] std::vector<double>
    of(std::int64_t hop, std::size_t stem, MaskingField field) const {
        auto view = layout;
        view.values = const_cast<float*>(values.data());
        auto const bands = view.of(hop, static_cast<std::int64_t>(stem), field);
        return {bands.begin(), bands.end()};
    }

    /// Over all hops whose windows lie within the song.
    template <typename Value>
    [[nodiscard]] double mean(Value const& value) const {
        return means([&](std::int64_t hop) { return std::vector<double>{value(hop)}; }).front();
    }

    /// The same of several values.
    template <typename Values>
    [[nodiscard]] std::vector<double> means(Values const& values_of) const {
        auto const first = kSettledHops;
        auto const end = layout.hops - kSettledHops;
        std::vector<double> means(values_of(first).size(), 0.0);
        for (auto hop = first; hop < end; ++hop) {
            auto const values_there = values_of(hop);
            for (std::size_t i = 0; i < means.size(); ++i) {
                means[i] += values_there[i] / static_cast<double>(end - first);
            }
        }
        return means;
    }
};

Analysis analysed(Backend& backend, std::vector<Signal> const& stems) {
    std::vector<std::unique_ptr<SpectrumStage>> stages;
    std::vector<SpectrumView> spectra;
    AudioBuffer buffer;
    for (auto const& stem : stems) {
        stages.push_back(backend.make_spectrum({}));
        auto const whole = stages.back()->process(backend.upload(stem, 0, buffer));
        spectra.push_back(whole);
    }
    auto const count = static_cast<int>(stems.size());
    auto const excitation = backend.make_excitation(
        {.stems = count, .field = Field::free, .calibration_db_spl = kCalibration_db_spl}
    );
    auto const masking = backend.make_masking({.stems = count, .profile = MaskingProfile::mgb97});
    Analysis analysis{.layout = masking->process(excitation->process(spectra))};
    append(backend, analysis.layout.as_frames(), analysis.values);
    return analysis;
}

constexpr auto kNobody = std::numeric_limits<std::size_t>::max();

/// Margins of the first stem in a hop as the figures have them, from excitations alone, dB.
/// @param without  a masker that falls silent, or kNobody
std::vector<double>
margins_db(Analysis const& analysis, std::int64_t hop, std::size_t without = kNobody) {
    std::vector<reference::Excitation> stems(static_cast<std::size_t>(analysis.layout.stems));
    for (std::size_t i = 0; i < stems.size(); ++i) {
        stems[i] = analysis.of(hop, i, MaskingField::excitation_left);
    }
    auto const masker = reference::others(stems, 0, without);
    return reference::margins_db(stems[0], masker, {.centres_hz = excitation_bands_hz({})});
}

/// The same in the best band, mean over time.
double peak_margin_db(Analysis const& analysis, std::size_t without = kNobody) {
    return analysis.mean([&](std::int64_t hop) {
        return std::ranges::max(margins_db(analysis, hop, without));
    });
}

/// What the product makes of it, with all that lingers.
double lingering_peak_margin_db(Analysis const& analysis) {
    return analysis.mean([&](std::int64_t hop) {
        return std::ranges::max(analysis.of(hop, 0, MaskingField::margin_db));
    });
}

TEST_P(MaskingFigures, Row19AToneInWhiteNoise) {
    struct Row {
        double spl_db = 0.0;
        double margin_db = 0.0;
    };

    auto const masker = noise(40.0, 1);
    for (auto const& row : std::vector<Row>{
             {55.0, -3.38},
             {60.0, 1.60},
             {65.0, 6.57},
             {70.0, 11.51},
             {75.0, 16.41},
             {80.0, 21.29}}) {
        SCOPED_TRACE(row.spl_db);
        auto const analysis = analysed(*backend, {tone(row.spl_db), masker});
        double const peak_db = peak_margin_db(analysis);
        EXPECT_NEAR(peak_db, row.margin_db, kTone_db);
        double const lingering_db = lingering_peak_margin_db(analysis);
        EXPECT_LT(lingering_db, peak_db + kRounding_db);
        EXPECT_GT(lingering_db, peak_db - kLingering_db);
    }
}

TEST_P(MaskingFigures, Row28EqualStemsAreTheDetectionRatioApart) {
    constexpr std::int64_t kLong = 480'000; // so that chance makes neither stem louder in a band
    auto const bands_hz = excitation_bands_hz({});
    for (double const snr_db : {0.0, -10.0, 10.0}) {
        auto const analysis = analysed(
            *backend,
            {diotic(pink_noise({.level_dbfs = -20.0 + snr_db, .frames = kLong, .seed = 2})),
             diotic(pink_noise({.level_dbfs = -20.0, .frames = kLong, .seed = 3}))}
        );
        auto const margin_db =
            analysis.means([&](std::int64_t hop) { return margins_db(analysis, hop); });
        auto const lingering_db = analysis.means([&](std::int64_t hop) {
            return analysis.of(hop, 0, MaskingField::margin_db);
        });
        for (std::size_t band = 0; band < bands_hz.size(); ++band) {
            if (bands_hz[band] >= 1'000.0) {
                SCOPED_TRACE(::testing::Message() << snr_db << " dB, band " << band);
                EXPECT_NEAR(margin_db[band], snr_db + 3.0, kNoise_db);
                EXPECT_LT(lingering_db[band], margin_db[band] + kRounding_db);
                EXPECT_GT(lingering_db[band], margin_db[band] - kLingering_db);
            }
        }
    }
}

TEST_P(MaskingFigures, Row31TheLouderMaskerIsToBlame) {
    auto const analysis = analysed(*backend, {tone(60.0), noise(40.0, 4), noise(30.0, 5)});
    EXPECT_NEAR(peak_margin_db(analysis), 1.18, kTone_db);
    EXPECT_NEAR(peak_margin_db(analysis, 1), 11.79, kTone_db);
    EXPECT_NEAR(peak_margin_db(analysis, 2), 1.60, kTone_db);
    auto const bands_hz = excitation_bands_hz({});
    auto const near = std::ranges::lower_bound(bands_hz, 1'000.0) - bands_hz.begin();
    double const share = analysis.mean([&](std::int64_t hop) {
        auto const at = [&](std::size_t stem, MaskingField field) {
            return static_cast<float>(analysis.of(hop, stem, field)[static_cast<std::size_t>(near)]
            );
        };
        return double{
            masker_share(at(1, MaskingField::masker_left), at(0, MaskingField::threshold_left))};
    });
    EXPECT_NEAR(share, 0.909, 0.02); // E_q and the spread of a ratio take 0.01
}

INSTANTIATE_EACH_BACKEND(MaskingFigures);

} // namespace

} // namespace stemlathe::test
