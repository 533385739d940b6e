#include "tests/kernels/excited.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace stemlathe::test {

namespace {

using Excitation = EachBackend;

constexpr std::size_t kLines = 216; ///< at 48 kHz

/// Of an excitation. Up to 229 powers add up in float32, each off by 1e-5 at most: a weight of
/// 2^-40 is 2^-40 (1 +- 28 * 2e-7), and so on.
constexpr double kRelative = 3e-5;

/// Weights under (1 + 28) exp(-28) are left out.
constexpr double kLeftOut = 3e-11;

std::int64_t line_count(ExcitationSettings const& settings) {
    return static_cast<std::int64_t>(spectrum_lines({.rate_hz = settings.rate_hz}).size());
}

Excited excited(
    Backend& backend,
    ExcitationSettings const& settings,
    std::vector<Powers> const& stems,
    std::int64_t hops_at_once = 1'000
) {
    StemSpectra const spectra{backend, stems, line_count(settings)};
    auto const stage = backend.make_excitation(settings);
    Excited out{.stems = stems.size(), .bands = excitation_bands_hz(settings).size()};
    for (std::int64_t at = 0; at < spectra.hops(); at += hops_at_once) {
        auto const count = std::min(hops_at_once, spectra.hops() - at);
        auto const view = stage->process(spectra.slice(at, count));
        EXPECT_EQ(view.position, at);
        EXPECT_EQ(view.hops, count);
        append(backend, view.as_frames(), out.powers);
    }
    return out;
}

/// A stem's lines in one hop at one ear, re 0 dB SPL at the cochlea.
reference::LineSpectrum
lines_of(Powers const& powers, std::size_t row, ExcitationSettings const& settings) {
    auto const lines = spectrum_lines({.rate_hz = settings.rate_hz});
    reference::LineSpectrum spectrum;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        double const power = double{powers[row * lines.size() + i]} *
                             reference::from_db(settings.calibration_db_spl);
        if (power > 0.0) {
            spectrum.push_back({.hz = lines[i].hz, .power = power});
        }
    }
    auto const field =
        settings.field == Field::free ? reference::Field::free : reference::Field::diffuse;
    return reference::at_cochlea(spectrum, field);
}

void expect_equals_reference(
    Backend& backend, ExcitationSettings settings, std::vector<Powers> const& stems
) {
    settings.stems = static_cast<int>(stems.size());
    auto const actual = excited(backend, settings, stems);
    auto const centres_hz = excitation_bands_hz(settings);
    auto const rows = stems.front().size() / static_cast<std::size_t>(line_count(settings));
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<reference::LineSpectrum> spectra;
        double total = 0.0;
        for (auto const& stem : stems) {
            spectra.push_back(lines_of(stem, row, settings));
            for (auto const& line : spectra.back()) {
                total += line.power;
            }
        }
        auto const expected =
            reference::excitations(spectra, centres_hz, reference::LevelRule::rectangle);
        for (std::size_t stem = 0; stem < stems.size(); ++stem) {
            for (std::size_t band = 0; band < centres_hz.size(); ++band) {
                double const power = actual.at(row / 2, stem, row % 2, band);
                double const off = kRelative * expected[stem][band] + kLeftOut * total;
                ASSERT_NEAR(power, expected[stem][band], off)
                    << "row " << row << " stem " << stem << " band " << band;
            }
        }
    }
}

TEST_P(Excitation, EqualsTheReferenceAtEveryRateInBothFields) {
    for (int const rate_hz : {8'000, 32'000, 44'100, 48'000, 96'000, 192'000}) {
        for (Field const field : {Field::free, Field::diffuse}) {
            SCOPED_TRACE(rate_hz);
            ExcitationSettings const settings{.rate_hz = rate_hz, .field = field};
            auto const lines = static_cast<std::size_t>(line_count(settings));
            expect_equals_reference(
                *backend, settings, {mixed_lines(1, lines, 20.0, 1), mixed_lines(1, lines, 40.0, 2)}
            );
        }
    }
}

/// From where every skirt is steep to where the steepness would be negative.
TEST_P(Excitation, EqualsTheReferenceAtEveryLevel) {
    for (double const calibration_db : {0.0, 40.0, 75.0, 95.0, 120.0, 160.0}) {
        SCOPED_TRACE(calibration_db);
        ExcitationSettings const settings{.calibration_db_spl = calibration_db};
        expect_equals_reference(*backend, settings, {mixed_lines(2, kLines, 0.0, 3)});
    }
}

TEST_P(Excitation, EqualsTheReferenceBetweenItsFilters) {
    for (double const offset_cam : {0.1, 0.25, 0.5}) {
        SCOPED_TRACE(offset_cam);
        ExcitationSettings const settings{.offset_cam = offset_cam};
        expect_equals_reference(*backend, settings, {mixed_lines(1, kLines, 0.0, 6)});
    }
}

TEST_P(Excitation, EqualsTheReferenceForEveryNumberOfStems) {
    for (std::uint64_t const count : {1U, 5U, 7U, 9U}) {
        SCOPED_TRACE(count);
        std::vector<Powers> stems(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            stems[i] = mixed_lines(1, kLines, 10.0 * static_cast<double>(i), i);
        }
        expect_equals_reference(*backend, {}, stems);
    }
}

TEST_P(Excitation, EqualsTheReferenceForSingleLines) {
    for (auto const line : std::array<std::size_t, 6>{0, 1, 41, 100, kLines - 2, kLines - 1}) {
        SCOPED_TRACE(line);
        Powers powers(2 * kLines, 0.0F);
        powers[line] = 0.5F;
        powers[kLines + line] = 1e-6F;
        expect_equals_reference(*backend, {}, {powers});
    }
}

TEST_P(Excitation, IsTheSameHoweverHopsAreCut) {
    std::vector<Powers> const stems{
        mixed_lines(23, kLines, 0.0, 4), mixed_lines(23, kLines, 30.0, 5)};
    auto const whole = excited(*backend, {.stems = 2}, stems);
    for (std::int64_t const hops : {1, 2, 7, 22}) {
        EXPECT_EQ(excited(*backend, {.stems = 2}, stems, hops).powers, whole.powers) << hops;
    }
    StemSpectra const spectra{*backend, stems, kLines};
    auto const stage = backend->make_excitation({.stems = 2});
    std::vector<float> last;
    static_cast<void>(stage->process(spectra.slice(5, 10)));
    append(*backend, stage->process(spectra.slice(22, 1)).as_frames(), last);
    EXPECT_TRUE(std::ranges::equal(last, std::span{whole.powers}.last(last.size())));
}

TEST_P(Excitation, AddsUpOverStems) {
    std::vector<Powers> stems;
    Powers sum(3 * 2 * kLines, 0.0F);
    for (std::uint64_t i = 0; i < 64; ++i) {
        stems.push_back(mixed_lines(3, kLines, static_cast<double>(i), i));
        std::ranges::transform(sum, stems.back(), sum.begin(), std::plus{});
    }
    auto const apart = excited(*backend, {.stems = 64}, stems);
    auto const together = excited(*backend, {}, {sum});
    for (std::size_t hop = 0; hop < 3; ++hop) {
        for (std::size_t within = 0; within < 150; ++within) {
            double added = 0.0;
            for (std::size_t stem = 0; stem < 64; ++stem) {
                added += apart.powers[(hop * 64 + stem) * 150 + within];
            }
            EXPECT_NEAR(added, together.powers[hop * 150 + within], kRelative * added);
        }
    }
}

TEST_P(Excitation, ASilentStemIsSilentAndChangesNothing) {
    std::vector<Powers> const stems{mixed_lines(4, kLines, 0.0, 6), mixed_lines(4, kLines, 9.0, 7)};
    Powers const nothing(stems.front().size(), 0.0F);
    auto const two = excited(*backend, {.stems = 2}, stems);
    auto const three = excited(*backend, {.stems = 3}, {stems[0], nothing, stems[1]});
    for (std::size_t hop = 0; hop < 4; ++hop) {
        for (std::size_t within = 0; within < 150; ++within) {
            auto const ear = within / 75;
            auto const band = within % 75;
            ASSERT_EQ(three.at(hop, 0, ear, band), two.at(hop, 0, ear, band));
            ASSERT_EQ(three.at(hop, 1, ear, band), 0.0F);
            ASSERT_EQ(three.at(hop, 2, ear, band), two.at(hop, 1, ear, band));
        }
    }
}

TEST_P(Excitation, EndsInSilenceAndIsFiniteWhateverComesIn) {
    auto const all_are = [&](float power) {
        auto const out =
            excited(*backend, {.calibration_db_spl = 160.0}, {Powers(2 * kLines, power)});
        EXPECT_TRUE(std::ranges::all_of(out.powers, [](float each) {
            return std::isfinite(each) && each >= 0.0F;
        })) << power;
        return out;
    };
    EXPECT_EQ(std::ranges::max(all_are(0.0F).powers), 0.0F);
    EXPECT_LT(std::ranges::max(all_are(1e-40F).powers), 1e-15F);
    EXPECT_LT(std::ranges::max(all_are(std::numeric_limits<float>::min()).powers), 1e-15F);
    EXPECT_GT(std::ranges::min(all_are(1.0F).powers), 1e10F);
    EXPECT_GT(std::ranges::min(all_are(1e4F).powers), 1e14F);
    EXPECT_TRUE(excited(*backend, {}, {Powers{}}).powers.empty());
}

TEST_P(Excitation, OfAToneAt1kHzIsItsLevel) {
    auto const lines = spectrum_lines({});
    auto const nearest = std::ranges::min_element(lines, {}, [](SpectrumLine const& line) {
        return std::abs(line.hz - 1'000.0);
    });
    Powers powers(2 * kLines, 0.0F);
    powers[static_cast<std::size_t>(nearest - lines.begin())] = 1e-4F;
    auto const out =
        excited(*backend, {.field = Field::free, .calibration_db_spl = 100.0}, {powers});
    // Filters are half a Cam apart, so a tone is at most a quarter off a centre: W >= 2 exp(-1).
    double const level_db = reference::to_db(std::ranges::max(out.powers));
    EXPECT_LT(level_db, 60.05);
    EXPECT_GT(level_db, 58.6);
}

/// Masking spreads upwards, and the more so the louder the sound.
TEST_P(Excitation, SpreadsUpwardsMoreThanItsLevelRises) {
    auto const bands_hz = excitation_bands_hz({});
    Powers soft(2 * kLines, 0.0F);
    soft[90] = 1e-6F;
    Powers loud = soft;
    loud[90] = 1e-2F;
    double const hz = spectrum_lines({})[90].hz;
    auto const before = excited(*backend, {}, {soft});
    auto const after = excited(*backend, {}, {loud});
    for (std::size_t band = 20; before.powers[band] > 0.0F; ++band) {
        double const rise_db = reference::to_db(after.powers[band] / before.powers[band]);
        if (bands_hz[band] <= hz) {
            EXPECT_NEAR(rise_db, 40.0, 1e-4);
        } else {
            double const p_g = 4.0 * (bands_hz[band] - hz) / reference::erb_hz(bands_hz[band]);
            EXPECT_GT(rise_db, 40.0);
            EXPECT_LT(rise_db, 40.0 + 4.35 * p_g * 0.35 / 30.2 * 40.0);
        }
    }
}

TEST_P(Excitation, RefusesSettingsOutOfRange) {
    auto const refuses = [&](ExcitationSettings const& settings, std::string_view words) {
        return fails_with(Code::invalid_plan, words, [&] {
            static_cast<void>(backend->make_excitation(settings));
        });
    };
    for (int const wrong : {0, 7'999, 192'001}) {
        EXPECT_TRUE(refuses({.rate_hz = wrong}, "rate_hz")) << wrong;
    }
    for (int const wrong : {0, -1, 65}) {
        EXPECT_TRUE(refuses({.stems = wrong}, "excitation: stems")) << wrong;
    }
    for (double const wrong : {-0.1, 160.1, std::nan("")}) {
        auto const words = "excitation: calibration_db_spl";
        EXPECT_TRUE(refuses({.calibration_db_spl = wrong}, words)) << wrong;
    }
    for (double const wrong : {-0.01, 0.51, std::nan("")}) {
        EXPECT_TRUE(refuses({.offset_cam = wrong}, "excitation: offset_cam")) << wrong;
    }
}

INSTANTIATE_EACH_BACKEND(Excitation);

TEST(ExcitationBands, AreHalfACamApartUpToTheHighestLine) {
    for (int const rate_hz : {44'100, 48'000, 88'200, 96'000, 176'400, 192'000}) {
        EXPECT_EQ(excitation_bands_hz({.rate_hz = rate_hz}).size(), 75U) << rate_hz;
    }
    for (int const rate_hz : {8'000, 22'050, 32'000, 48'000}) {
        auto const bands_hz = excitation_bands_hz({.rate_hz = rate_hz});
        auto const between_hz = excitation_bands_hz({.rate_hz = rate_hz, .offset_cam = 0.25});
        EXPECT_LE(bands_hz.size() - between_hz.size(), 1U);
        for (std::size_t i = 0; i < bands_hz.size(); ++i) {
            double const cam = 1.8 + 0.5 * static_cast<double>(i);
            EXPECT_NEAR(reference::cam(bands_hz[i]), cam, 1e-9);
            if (i < between_hz.size()) {
                EXPECT_NEAR(reference::cam(between_hz[i]), cam + 0.25, 1e-9);
            }
        }
        double const highest_hz = spectrum_lines({.rate_hz = rate_hz}).back().hz;
        EXPECT_LE(bands_hz.back(), highest_hz);
        double const next_cam = reference::cam(bands_hz.back()) + 0.5;
        EXPECT_TRUE(next_cam > 38.9 || reference::cam_to_hz(next_cam) > highest_hz) << rate_hz;
    }
}

} // namespace

} // namespace stemlathe::test
