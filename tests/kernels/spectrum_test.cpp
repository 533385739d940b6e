#include "kernels/base/units.hpp"
#include "tests/kernels/spectra.hpp"
#include "tests/reference/spectrum_reference.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace stemlathe::test {

namespace {

using Spectrum = EachBackend;

void expect_equals_reference(Backend& backend, Signal const& signal, int rate_hz) {
    auto const actual = spectra_of(backend, signal, {.rate_hz = rate_hz});
    auto const expected = reference::CompositeSpectrum{rate_hz}.powers(signal);
    ASSERT_EQ(actual.powers.size(), expected.size());
    double worst = 0.0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        double const error = std::sqrt(double{actual.powers[i]}) - std::sqrt(expected[i]);
        worst = std::max(worst, std::abs(error));
    }
    EXPECT_LE(worst, kAmplitude);
    ::testing::Test::RecordProperty("residual_dbfs", std::to_string(db_from_gain(worst)));
}

/// Left and right differ in frequency and level.
Signal two_tones(double left_hz, double right_hz, int rate_hz) {
    auto signal = sine({.hz = left_hz, .level_dbfs = -6.0, .seconds = 0.5, .rate_hz = rate_hz});
    auto const right =
        sine({.hz = right_hz, .level_dbfs = -20.0, .seconds = 0.5, .rate_hz = rate_hz});
    for (std::size_t i = 1; i < signal.size(); i += 2) {
        signal[i] = right[i];
    }
    return signal;
}

TEST_P(Spectrum, EqualsTheReferenceAtEveryRate) {
    for (int const rate_hz :
         {8'000, 22'050, 32'000, 44'100, 48'000, 88'200, 96'000, 176'400, 192'000}) {
        SCOPED_TRACE(rate_hz);
        auto const hop = spectrum_hop_frames({.rate_hz = rate_hz});
        EXPECT_EQ(hop, reference::CompositeSpectrum{rate_hz}.hop());
        expect_equals_reference(
            *backend, white_noise({.level_dbfs = -9.0, .frames = 9 * hop + 77}), rate_hz
        );
    }
}

TEST_P(Spectrum, EqualsTheReferenceForHostileSignals) {
    for (std::int64_t const frames : {0, 1, 31, 32, 33, 511, 512, 513, 2047, 2048, 2049, 4097}) {
        SCOPED_TRACE(frames);
        expect_equals_reference(
            *backend, Signal(static_cast<std::size_t>(2 * frames), 1.0F), 48'000
        );
    }
    expect_equals_reference(*backend, bursts({.level_dbfs = -15.0, .frames = 9'000}), 48'000);
    expect_equals_reference(*backend, two_tones(1'249.0, 4'051.0, 44'100), 44'100);
    expect_equals_reference(*backend, impulse(7'000, 6'999), 48'000);
    expect_equals_reference(*backend, impulse(7'000, 0), 48'000);
}

TEST_P(Spectrum, IsBitIdenticalForEverySegmentSize) {
    auto const check = [&](Signal const& signal, std::initializer_list<std::int64_t> segments) {
        auto const whole = spectra_of(*backend, signal, {}, static_cast<std::int64_t>(1) << 40U);
        for (std::int64_t const segment : segments) {
            EXPECT_EQ(spectra_of(*backend, signal, {}, segment).powers, whole.powers) << segment;
        }
    };
    check(pink_noise({.frames = 5'000}), {1, 31, 511, 512, 513});
    check(pink_noise({.frames = 135'001}), {4'096, 65'536}); // more than a card's batch
}

/// Stages whose inputs arrive unevenly give the same hops, and the same bits as without a limit.
TEST_P(Spectrum, HoldsHopsBackUpToAFrame) {
    constexpr std::int64_t kReach = 2'048 + 256; // half a window, and what halving the rate takes
    auto const signal = pink_noise({.frames = 9'000});
    AudioBuffer buffer;
    auto const all = backend->upload(signal, 0, buffer);

    struct Step {
        std::int64_t fast = 0; ///< frames that each stage has been given so far
        std::int64_t slow = 0;
    };

    auto const fast = backend->make_spectrum({});
    auto const slow = backend->make_spectrum({});
    Spectra fast_spectra{.lines = spectrum_lines({})};
    Spectra slow_spectra = fast_spectra;
    Step before;
    for (auto const& step :
         {Step{3'000, 0},
          Step{3'000, 2'500},
          Step{3'000, 2'500},
          Step{9'000, 5'000},
          Step{9'000, 8'999},
          Step{9'000, 9'000}}) {
        auto const common = std::min(step.fast, step.slow);
        auto const next = [&](SpectrumStage& stage, std::int64_t from, std::int64_t to) {
            return stage.process(all.slice(from, to - from), common);
        };
        append(*backend, next(*fast, before.fast, step.fast), fast_spectra);
        append(*backend, next(*slow, before.slow, step.slow), slow_spectra);
        EXPECT_EQ(fast_spectra.hops(), slow_spectra.hops());
        EXPECT_EQ(fast_spectra.hops(), common < kReach ? 0 : (common - kReach) / 512 + 1);
        before = step;
    }
    append(*backend, fast->process(all.slice(9'000, 0), 4'000), fast_spectra); // takes none back
    append(*backend, fast->finish(), fast_spectra);
    append(*backend, slow->finish(), slow_spectra);
    auto const unlimited = spectra_of(*backend, signal);
    EXPECT_EQ(fast_spectra.powers, unlimited.powers);
    EXPECT_EQ(slow_spectra.powers, unlimited.powers);
}

TEST_P(Spectrum, HasOneHopForEveryBegunOne) {
    for (std::int64_t const frames : {0, 1, 512, 513, 2'048, 2'049, 2'560, 2'561}) {
        EXPECT_EQ(spectra_of(*backend, silence(frames)).hops(), (frames + 511) / 512) << frames;
    }
    EXPECT_EQ(spectra_of(*backend, silence(2'049), {.rate_hz = 192'000}).hops(), 2);
}

TEST_P(Spectrum, OfASineAddsUpToItsMeanSquareOnItsOwnEar) {
    for (int const rate_hz : {44'100, 96'000}) {
        for (double const hz : {150.0, 220.3, 871.7, 2'511.3, 8'000.0, 9'377.1}) {
            auto const spectra =
                spectra_of(*backend, two_tones(hz, 1.1 * hz, rate_hz), {.rate_hz = rate_hz});
            auto const middle = spectra.hops() / 2;
            double const left = std::pow(10.0, -6.0 / 10.0) / 2.0;
            double const right = std::pow(10.0, -20.0 / 10.0) / 2.0;
            EXPECT_NEAR(spectra.total(middle, 0), left, 0.005 * left) << hz << " at " << rate_hz;
            EXPECT_NEAR(spectra.total(middle, 1), right, 0.005 * right) << hz << " at " << rate_hz;
        }
    }
}

/// Both windows see a tone at an edge, each a part of it. What makes it whole are straight fades as
/// wide as a tone is: what they miss of it where they begin and end is 2.1 %, 0.09 dB.
TEST_P(Spectrum, OfASineIsWholeBetweenTwoResolutions) {
    constexpr double kCorners = 0.022;
    double const power = std::pow(10.0, -6.0 / 10.0) / 2.0;
    for (int const rate_hz : {22'050, 48'000, 192'000}) {
        double const bin_hz = rate_hz / (4096.0 * rate_family(rate_hz));
        for (int edge = 0; edge < 3; ++edge) {
            double const edge_hz =
                std::array{500.0, 1'250.0, 4'050.0}[static_cast<std::size_t>(edge)];
            double const spacing_hz = bin_hz * (2 << edge); // of the short window
            for (double bins = -7.0; bins < 4.0; bins += 0.23) {
                double const hz = edge_hz + bins * spacing_hz;
                auto const tone =
                    sine({.hz = hz, .level_dbfs = -6.0, .seconds = 0.4, .rate_hz = rate_hz});
                auto const spectra = spectra_of(*backend, tone, {.rate_hz = rate_hz});
                auto const total = spectra.total(spectra.hops() / 2, 0);
                EXPECT_NEAR(total, power, kCorners * power) << hz << " at " << rate_hz;
            }
        }
    }
}

TEST_P(Spectrum, ShowsASineWhereItIs) {
    for (double const hz : frequencies_hz(40.0, 14'000.0, 1.37)) {
        auto const spectra = spectra_of(*backend, sine({.hz = hz}));
        auto const power = spectra.of(spectra.hops() / 2, 0);
        auto const loudest = std::ranges::max_element(power) - power.begin();
        auto const found_hz = spectra.lines[static_cast<std::size_t>(loudest)].hz;
        // Half a bin of 4096 frames at low frequencies, a merged line's width at high ones.
        EXPECT_NEAR(found_hz, hz, std::max(6.0, 0.02 * hz));
    }
}

TEST_P(Spectrum, SharesNoiseOutEvenlyAmongBins) {
    double const power = std::pow(10.0, -12.0 / 10.0);
    auto const spectra = spectra_of(*backend, white_noise({.frames = 480'000}));
    // In bins: a region's own begin half a bin before the first, and those before them end there.
    double const kEdges[] = {1.5, 43.0, 21.5, 53.0, 26.5, 87.0, 43.5, 159.5};
    double const kSizes[] = {4096.0, 2048.0, 1024.0, 512.0};
    for (int region = 0; region < 4; ++region) {
        double const bins = kEdges[2 * region + 1] - kEdges[2 * region];
        double const expected = power * 2.0 * bins / kSizes[region];
        // Ten seconds on two ears are some 8,000 independent values at the longest windows.
        EXPECT_NEAR(spectra.mean_of_region(region), expected, 0.04 * expected) << region;
    }
}

TEST_P(Spectrum, IsCentredOnItsHop) {
    constexpr std::int64_t kHop = 12;
    auto const spectra = spectra_of(*backend, impulse(20'000, kHop * 512));
    for (std::int64_t ear = 0; ear < kChannels; ++ear) {
        for (std::int64_t offset = 1; offset <= 4; ++offset) {
            auto const before = spectra.of(kHop - offset, ear);
            auto const after = spectra.of(kHop + offset, ear);
            auto const centre = spectra.of(kHop, ear);
            for (std::size_t i = 0; i < before.size(); ++i) {
                EXPECT_NEAR(before[i], after[i], 1e-4F * centre[i]) << offset;
                EXPECT_LT(after[i], centre[i]) << offset;
            }
        }
        EXPECT_EQ(spectra.total(kHop - 5, ear), 0.0);
        EXPECT_EQ(spectra.total(kHop + 5, ear), 0.0);
    }
}

/// Short windows at a long hop would skip energy.
TEST_P(Spectrum, MissesNoClickWhereverItFalls) {
    for (std::int64_t at = 6'144; at <= 6'656; at += 64) {
        auto const spectra = spectra_of(*backend, impulse(14'000, at));
        double total = 0.0;
        for (std::int64_t hop = 0; hop < spectra.hops(); ++hop) {
            auto const power = spectra.of(hop, 0);
            for (std::size_t i = 0; i < power.size(); ++i) {
                total += spectra.lines[i].region == 3 ? power[i] : 0.0F;
            }
        }
        // Squared Hann windows half overlapped add up to 3/4 +- 1/4 of their highest value; a click
        // of 1 gives every bin twice its weight's square over N sum(w^2), and windows count half.
        double const per_weight = 116.0 * 2.0 / (512.0 * 192.0) / 2.0;
        EXPECT_GE(total, 0.5 * 0.999 * per_weight) << at;
        EXPECT_LE(total, 1.0 * 1.001 * per_weight) << at;
    }
}

TEST_P(Spectrum, LeavesTheOtherEarSilent) {
    auto signal = white_noise({.level_dbfs = -6.0, .frames = 20'000});
    for (std::size_t i = 1; i < signal.size(); i += 2) {
        signal[i] = 0.0F;
    }
    auto const left = spectra_of(*backend, signal);
    auto const right = spectra_of(*backend, swapped(signal));
    for (std::int64_t hop = 0; hop < left.hops(); ++hop) {
        EXPECT_LT(left.total(hop, 1), 1e-12 * left.total(hop, 0));
        EXPECT_LT(right.total(hop, 0), 1e-12 * right.total(hop, 1));
        EXPECT_NEAR(left.total(hop, 0), right.total(hop, 1), 1e-5 * left.total(hop, 0));
    }
}

TEST_P(Spectrum, HearsNothingInSilenceAndWhatLiesBeyondItsLines) {
    auto const nothing = spectra_of(*backend, silence(10'000));
    EXPECT_EQ(std::ranges::max(nothing.powers), 0.0F);
    EXPECT_LE(std::ranges::max(spectra_of(*backend, Signal(20'000, 1e-40F)).powers), 1e-30F);
    auto const middle_of = [&](Signal const& signal) {
        auto const spectra = spectra_of(*backend, signal);
        return std::max(spectra.total(spectra.hops() / 2, 0), spectra.total(spectra.hops() / 2, 1));
    };
    EXPECT_LT(middle_of(Signal(40'000, 1.0F)), 1e-12); // 0 Hz fills bins -1 to 1 alone
    auto nyquist = Signal(40'000, 1.0F);
    for (std::size_t i = 0; i < nyquist.size(); ++i) {
        nyquist[i] = i / 2 % 2 == 0 ? 1.0F : -1.0F;
    }
    EXPECT_LT(middle_of(nyquist), 1e-12);
}

TEST_P(Spectrum, RefusesSettingsOutOfRange) {
    for (int const wrong : {0, -48'000, 7'999, 192'001}) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, "spectrum: rate_hz", [&] {
            static_cast<void>(backend->make_spectrum({.rate_hz = wrong}));
        })) << wrong;
    }
}

INSTANTIATE_EACH_BACKEND(Spectrum);

double cam(double hz) {
    return 21.366 * std::log10(0.004368 * hz + 1.0);
}

TEST(SpectrumLines, AreThoseOfTheReference) {
    for (int const rate_hz : {8'000, 32'000, 44'100, 48'000, 50'000, 88'200, 96'000, 192'000}) {
        auto const lines = spectrum_lines({.rate_hz = rate_hz});
        auto const expected = reference::CompositeSpectrum{rate_hz}.lines();
        ASSERT_EQ(lines.size(), expected.size()) << rate_hz;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            EXPECT_EQ(lines[i].region, expected[i].part);
            EXPECT_NEAR(lines[i].hz, expected[i].hz, 1e-9 * expected[i].hz);
        }
    }
}

TEST(SpectrumLines, AreFewAndInOrderAndEachInItsRegion) {
    EXPECT_EQ(spectrum_lines({.rate_hz = 44'100}).size(), 229U);
    constexpr double kEdges_hz[] = {20.0, 500.0, 1'250.0, 4'050.0, 15'000.0};
    for (int const rate_hz : {48'000, 96'000, 192'000}) {
        auto const lines = spectrum_lines({.rate_hz = rate_hz});
        EXPECT_EQ(lines.size(), 216U);
        double const bin_hz = rate_hz / (4096.0 * rate_family(rate_hz));
        for (std::size_t i = 0; i < lines.size(); ++i) {
            auto const region = static_cast<std::size_t>(lines[i].region);
            EXPECT_GE(lines[i].hz, kEdges_hz[region]);
            // The last lie below the first of the next region.
            double const next_hz = region < 3 ? bin_hz * (2 << region) : 0.0;
            EXPECT_LT(lines[i].hz, kEdges_hz[region + 1] + next_hz);
            if (i > 0) {
                EXPECT_GT(lines[i].hz, lines[i - 1].hz);
                EXPECT_GE(lines[i].region, lines[i - 1].region);
            }
        }
    }
}

/// Windows do not blur what an auditory filter resolves.
TEST(SpectrumLines, AreFinerThanTheEar) {
    for (int const rate_hz : {44'100, 48'000, 88'200, 96'000, 176'400, 192'000}) {
        auto const lines = spectrum_lines({.rate_hz = rate_hz});
        double const spacing_hz = rate_hz / (4096.0 * rate_family(rate_hz));
        for (auto const& line : lines) {
            double const bandwidth_hz = 1.5 * spacing_hz * std::pow(2.0, line.region); // of Hann
            double const ear_hz = 24.673 * (0.004368 * line.hz + 1.0);
            EXPECT_TRUE(line.hz < 50.0 || bandwidth_hz <= 0.6 * ear_hz) << line.hz;
        }
        for (std::size_t i = 1; i < lines.size(); ++i) {
            bool const is_low = lines[i].hz < 100.0; // where bins themselves are wider
            EXPECT_TRUE(is_low || cam(lines[i].hz) - cam(lines[i - 1].hz) < 0.35) << lines[i].hz;
        }
    }
}

} // namespace

} // namespace stemlathe::test
