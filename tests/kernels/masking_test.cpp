#include "kernels/backend.hpp"
#include "tests/reference/lingering_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stemlathe::test {

namespace {

using Masking = EachBackend;

/// Of powers: a few roundings of float32, and up to 64 in a sum.
constexpr double kRelative = 5e-6;

/// Of margins: as many, and the logarithm is off by 6e-6 dB.
constexpr double kMargin_db = 3e-5;

/// Of importance: of the sum of all bands, whose powers are off by 1e-6 each.
constexpr double kImportance = 3e-6;

constexpr std::size_t kBands = 75;
constexpr std::size_t kFields = static_cast<std::size_t>(kMaskingFields);

/// [hops][stems][kChannels][bands]
using Excitations = std::vector<float>;

/// Excitations that differ from hop to hop by up to 260 dB, and are nothing now and then.
Excitations wild(std::size_t hops, std::size_t stems, std::uint64_t seed) {
    Excitations out(hops * stems * 2 * kBands);
    for (std::size_t i = 0; i < out.size(); ++i) {
        bool const is_silent = uniform(seed + 1, i / kBands) < 0.1;
        double const power = std::pow(10.0, -10.0 + 26.0 * uniform(seed, i));
        out[i] = is_silent ? 0.0F : static_cast<float>(power);
    }
    return out;
}

/// Like music: 0 to 90 dB, each stem and hop in a range of its own.
Excitations tame(std::size_t hops, std::size_t stems, std::uint64_t seed) {
    Excitations out(hops * stems * 2 * kBands);
    for (std::size_t i = 0; i < out.size(); ++i) {
        double const db = 60.0 * uniform(seed + 1, i / kBands) + 30.0 * uniform(seed, i);
        out[i] = static_cast<float>(std::pow(10.0, db / 10.0));
    }
    return out;
}

/// All fields of all stems in host memory.
struct Masked {
    std::vector<float> values{};
    std::size_t stems = 1;
    std::size_t bands = kBands;

    [[nodiscard]] std::span<float const>
    of(std::size_t hop, std::size_t stem, MaskingField field) const {
        auto const row = (hop * stems + stem) * kFields + static_cast<std::size_t>(field);
        return std::span{values}.subspan(row * bands, bands);
    }
};

Masked masked(
    Backend& backend,
    MaskingSettings const& settings,
    Excitations excitations,
    std::int64_t hops_at_once = 1'000
) {
    auto const stems = std::int64_t{settings.stems};
    Masked out{
        .stems = static_cast<std::size_t>(stems),
        .bands = excitation_bands_hz({.rate_hz = settings.rate_hz}).size()};
    auto const bands = static_cast<std::int64_t>(out.bands);
    auto const stage = backend.make_masking(settings);
    AudioBuffer buffer;
    auto const all = backend.upload(excitations, 0, buffer);
    auto const hops = all.frames / (stems * bands);
    for (std::int64_t at = 0; at < hops; at += hops_at_once) {
        auto const count = std::min(hops_at_once, hops - at);
        auto const view = stage->process(
            {.powers = all.samples + at * stems * kChannels * bands,
             .hops = count,
             .stems = stems,
             .bands = bands,
             .position = at,
             .memory = all.memory}
        );
        EXPECT_EQ(view.position, at);
        EXPECT_EQ(view.hops, count);
        append(backend, view.as_frames(), out.values);
    }
    return out;
}

/// The model for one song, stem by stem and hop by hop.
class Reference {
  public:
    Reference(MaskingSettings const& settings, Excitations const& excitations)
        : excitations_(excitations), stems_(static_cast<std::size_t>(settings.stems)) {
        listening_.centres_hz = excitation_bands_hz({.rate_hz = settings.rate_hz});
        listening_.detection = settings.profile == MaskingProfile::music
                                   ? reference::Detection::music
                                   : reference::Detection::mgb97;
        double const hop_s =
            static_cast<double>(spectrum_hop_frames({.rate_hz = settings.rate_hz})) /
            settings.rate_hz;
        lingering_.assign(2 * stems_, {listening_.centres_hz, hop_s});
    }

    /// Of all stems at one ear.
    [[nodiscard]] std::vector<reference::Excitation> at(std::size_t hop, std::size_t ear) const {
        auto const bands = listening_.centres_hz.size();
        std::vector<reference::Excitation> out;
        for (std::size_t stem = 0; stem < stems_; ++stem) {
            auto const from =
                excitations_.begin() +
                static_cast<std::ptrdiff_t>(((hop * stems_ + stem) * 2 + ear) * bands);
            out.emplace_back(from, from + static_cast<std::ptrdiff_t>(bands));
        }
        return out;
    }

    /// The maskers of the next hop at one ear, before K.
    [[nodiscard]] std::vector<reference::Excitation> maskers(std::size_t hop, std::size_t ear) {
        auto out = at(hop, ear);
        for (std::size_t stem = 0; stem < stems_; ++stem) {
            out[stem] = lingering_[2 * stem + ear].next(out[stem]);
        }
        return out;
    }

    [[nodiscard]] reference::Listening const& listening() const {
        return listening_;
    }

  private:
    Excitations const& excitations_;
    std::size_t stems_;
    reference::Listening listening_{};
    std::vector<reference::Lingering> lingering_{};
};

void expect_near(
    std::span<float const> actual, std::vector<double> const& expected, double relative
) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t b = 0; b < expected.size(); ++b) {
        ASSERT_NEAR(actual[b], expected[b], relative * expected[b] + 1e-15) << "band " << b;
    }
}

/// Importance of a stem, which is nowhere unless it is 15 dB over the threshold in quiet somewhere.
std::vector<double>
importance_if_present(reference::Excitation const& louder, reference::Listening const& listening) {
    double most_db = -300.0;
    for (std::size_t b = 0; b < louder.size(); ++b) {
        double const quiet_db = reference::quiet_threshold_db(listening.centres_hz[b]);
        most_db = std::max(most_db, reference::to_db(louder[b]) - quiet_db);
    }
    return most_db > 15.0 ? reference::importance(louder, listening)
                          : std::vector<double>(louder.size(), 0.0);
}

void expect_equals_reference(
    Backend& backend, MaskingSettings const& settings, Excitations const& excitations
) {
    auto const actual = masked(backend, settings, excitations);
    Reference model{settings, excitations};
    auto const& listening = model.listening();
    auto const hops = excitations.size() / (actual.stems * 2 * actual.bands);
    for (std::size_t hop = 0; hop < hops; ++hop) {
        std::vector<std::vector<double>> margins_db(actual.stems);
        for (std::size_t ear = 0; ear < 2; ++ear) {
            auto const excitation = model.at(hop, ear);
            auto const maskers = model.maskers(hop, ear);
            auto const of = [&](std::size_t stem, MaskingField left) {
                return actual.of(
                    hop, stem, static_cast<MaskingField>(static_cast<std::size_t>(left) + ear)
                );
            };
            for (std::size_t stem = 0; stem < actual.stems; ++stem) {
                SCOPED_TRACE(::testing::Message() << "hop " << hop << " stem " << stem);
                auto const others = reference::others(maskers, stem);
                auto masker = maskers[stem];
                for (std::size_t b = 0; b < masker.size(); ++b) {
                    masker[b] *= reference::from_db(
                        reference::detection_ratio_db(listening.centres_hz[b], listening.detection)
                    );
                }
                expect_near(of(stem, MaskingField::excitation_left), excitation[stem], 0.0);
                expect_near(of(stem, MaskingField::masker_left), masker, kRelative);
                expect_near(
                    of(stem, MaskingField::threshold_left),
                    reference::masked_threshold(others, listening),
                    kRelative
                );
                auto const margin_db = reference::margins_db(excitation[stem], others, listening);
                margins_db[stem] =
                    ear == 0 ? margin_db : reference::better_ear_db(margins_db[stem], margin_db);
            }
        }
        for (std::size_t stem = 0; stem < actual.stems; ++stem) {
            auto const margin_db = actual.of(hop, stem, MaskingField::margin_db);
            auto louder = model.at(hop, 0)[stem];
            for (std::size_t b = 0; b < louder.size(); ++b) {
                ASSERT_NEAR(margin_db[b], std::max(margins_db[stem][b], -100.0), kMargin_db);
                louder[b] = std::max(louder[b], model.at(hop, 1)[stem][b]);
            }
            auto const expected = importance_if_present(louder, listening);
            auto const weights = actual.of(hop, stem, MaskingField::importance);
            for (std::size_t b = 0; b < louder.size(); ++b) {
                ASSERT_NEAR(weights[b], expected[b], kImportance) << "band " << b;
            }
        }
    }
}

TEST_P(Masking, EqualsTheReference) {
    for (MaskingProfile const profile : {MaskingProfile::music, MaskingProfile::mgb97}) {
        for (int const stems : {1, 2, 5, 64}) {
            SCOPED_TRACE(stems);
            MaskingSettings const settings{.stems = stems, .profile = profile};
            auto const count = static_cast<std::size_t>(stems);
            std::size_t const hops = stems < 64 ? 20 : 2;
            expect_equals_reference(*backend, settings, wild(hops, count, 1));
            expect_equals_reference(*backend, settings, tame(hops, count, 2));
        }
    }
}

TEST_P(Masking, EqualsTheReferenceAtEveryRate) {
    for (int const rate_hz : {44'100, 88'200, 192'000}) {
        SCOPED_TRACE(rate_hz);
        expect_equals_reference(*backend, {.rate_hz = rate_hz, .stems = 2}, tame(9, 2, 3));
    }
    auto const bands = excitation_bands_hz({.rate_hz = 8'000}).size();
    ASSERT_LT(bands, kBands);
    auto few = tame(9, 2, 3);
    few.resize(9 * 2 * 2 * bands);
    expect_equals_reference(*backend, {.rate_hz = 8'000, .stems = 2}, few);
}

TEST_P(Masking, IsBitIdenticalHoweverHopsAreCut) {
    auto const excitations = tame(50, 5, 4);
    auto const whole = masked(*backend, {.stems = 5}, excitations);
    for (std::int64_t const hops : {1, 3, 8, 31, 49}) {
        EXPECT_EQ(masked(*backend, {.stems = 5}, excitations, hops).values, whole.values) << hops;
    }
    EXPECT_TRUE(masked(*backend, {.stems = 5}, {}).values.empty());
}

/// 1 in every band for `hops`, and nothing from then on.
Excitations ending(std::size_t hops, std::size_t rest) {
    Excitations out((hops + rest) * 2 * kBands, 0.0F);
    std::fill_n(out.begin(), hops * 2 * kBands, 1.0F);
    return out;
}

TEST_P(Masking, LingersByTheTimeConstantOfItsBand) {
    constexpr std::size_t kHops = 100;
    auto const out = masked(*backend, {}, ending(kHops, 20));
    auto const bands_hz = excitation_bands_hz({});
    for (std::size_t band = 0; band < kBands; ++band) {
        // 100 Hz 30 ms, 1 kHz 10.2 ms: after the time constant 1 / e is left, of which half masks.
        double const tau_s = 0.008 + 2.2 / bands_hz[band];
        auto const masker = [&](std::size_t hop) {
            return double{out.of(hop, 0, MaskingField::masker_left)[band]};
        };
        for (std::size_t after = 1; after < 20; ++after) {
            double const s = static_cast<double>(after) * 512.0 / 48'000.0;
            double const left = masker(kHops - 1 + after) / masker(kHops - 1);
            ASSERT_NEAR(left, 0.5 * std::exp(-s / tau_s), 1e-6 + 1e-5 * left) << "band " << band;
        }
    }
}

/// What is louder than what was before counts at once: nothing is smeared forwards in time.
TEST_P(Masking, RisesAtOnce) {
    auto const out = masked(*backend, {.profile = MaskingProfile::mgb97}, ending(3, 0));
    for (std::size_t band = 40; band < kBands; ++band) { // from 1 kHz on: K = -3 dB
        EXPECT_NEAR(out.of(0, 0, MaskingField::masker_right)[band], 0.501187, 1e-6);
    }
}

TEST_P(Masking, EndsInExactSilence) {
    auto const out = masked(*backend, {}, ending(2, 400));
    for (float const masker : out.of(401, 0, MaskingField::masker_left)) {
        EXPECT_EQ(masker, 0.0F);
    }
}

TEST_P(Masking, OfOneStemAloneIsTheThresholdInQuiet) {
    auto const bands_hz = excitation_bands_hz({});
    auto const out = masked(*backend, {}, tame(3, 1, 5));
    for (std::size_t band = 0; band < kBands; ++band) {
        double const quiet_db = reference::to_db(out.of(2, 0, MaskingField::threshold_left)[band]);
        EXPECT_NEAR(quiet_db, reference::quiet_threshold_db(bands_hz[band]), 1e-5);
        if (bands_hz[band] >= 500.0) {
            EXPECT_NEAR(quiet_db, 3.73, 1e-5);
        }
    }
}

TEST_P(Masking, TheMusicProfileAsksForNoMoreThanTheMaskerItself) {
    auto const ratio_db = [&](MaskingProfile profile, std::size_t band) {
        auto const out = masked(*backend, {.profile = profile}, ending(1, 0));
        return reference::to_db(out.of(0, 0, MaskingField::masker_left)[band]);
    };
    EXPECT_NEAR(ratio_db(MaskingProfile::mgb97, 0), 13.5, 1e-4); // at 49 Hz
    EXPECT_NEAR(ratio_db(MaskingProfile::music, 0), 0.0, 1e-6);
    EXPECT_NEAR(ratio_db(MaskingProfile::music, 74), -3.0, 1e-5);
}

/// One hop of stems of one power each, the same in all bands at both ears.
Excitations flat(std::vector<float> const& powers) {
    Excitations out;
    for (float const power : powers) {
        out.insert(out.end(), 2 * kBands, power);
    }
    return out;
}

/// A total less the own share would leave nothing of a soft masker.
TEST_P(Masking, ASoftMaskerCountsBesideALoudStem) {
    auto const out = masked(*backend, {.stems = 3}, flat({1e3F, 1e16F, 1e2F}));
    for (std::size_t band = 50; band < kBands; ++band) {
        double const quiet = reference::from_db(3.73);
        double const ratio = reference::from_db(-3.0);
        double const threshold = out.of(0, 1, MaskingField::threshold_left)[band];
        EXPECT_NEAR(threshold, ratio * 1.1e3 + quiet, 1e-5 * threshold);
    }
}

TEST_P(Masking, NobodyCoversHimself) {
    auto const out = masked(*backend, {.stems = 2}, flat({1e8F, 0.0F}));
    EXPECT_NEAR(out.of(0, 0, MaskingField::margin_db)[60], 80.0 - 3.73, 1e-4);
    EXPECT_EQ(out.of(0, 1, MaskingField::margin_db)[60], -100.0F);
    EXPECT_EQ(
        masker_share(
            out.of(0, 1, MaskingField::masker_left)[60],
            out.of(0, 0, MaskingField::threshold_left)[60]
        ),
        0.0F
    );
}

TEST_P(Masking, PannedApartStemsDoNotCoverEachOther) {
    auto excitations = flat({1e6F, 1e6F});
    std::fill_n(excitations.begin(), kBands, 0.0F);              // the first is on the right,
    std::fill_n(excitations.begin() + 3 * kBands, kBands, 0.0F); // the second on the left
    auto const out = masked(*backend, {.stems = 2}, excitations);
    for (std::size_t const stem : {0U, 1U}) {
        EXPECT_NEAR(out.of(0, stem, MaskingField::margin_db)[60], 60.0 - 3.73, 1e-4);
    }
    auto const together = masked(*backend, {.stems = 2}, flat({1e6F, 1e6F}));
    EXPECT_NEAR(together.of(0, 0, MaskingField::margin_db)[60], 3.0, 1e-3);
}

TEST_P(Masking, ImportanceAddsUpToOneOrToNothing) {
    auto excitations = flat({1.0F, 1e6F, 1e2F, 10.0F});
    excitations[2 * kBands + 60] = 3e4F; // more than 15 dB under the rest of its stem
    auto const out = masked(*backend, {.stems = 4}, excitations);
    for (std::size_t const stem : {0U, 1U, 2U, 3U}) {
        auto const weights = out.of(0, stem, MaskingField::importance);
        double const sum = std::accumulate(weights.begin(), weights.end(), 0.0);
        bool const is_present = stem == 1 || stem == 2; // 15 dB over the 3.7 that are audible
        EXPECT_NEAR(sum, is_present ? 1.0 : 0.0, 1e-6) << stem;
        EXPECT_EQ(std::ranges::max(weights) > 0.0F, is_present) << stem;
    }
    // The right ear hears it at its full level, and the louder ear counts.
    EXPECT_GT(out.of(0, 1, MaskingField::importance)[60], 0.0F);
    excitations[3 * kBands + 60] = 3e4F;
    auto const without = masked(*backend, {.stems = 4}, excitations);
    EXPECT_EQ(without.of(0, 1, MaskingField::importance)[60], 0.0F);
}

TEST_P(Masking, RefusesSettingsOutOfRange) {
    for (int const wrong : {0, -1, 65}) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, "masking: stems", [&] {
            static_cast<void>(backend->make_masking({.stems = wrong}));
        })) << wrong;
    }
    for (int const wrong : {0, 7'999, 192'001}) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, "rate_hz", [&] {
            static_cast<void>(backend->make_masking({.rate_hz = wrong}));
        })) << wrong;
    }
}

INSTANTIATE_EACH_BACKEND(Masking);

} // namespace

} // namespace stemlathe::test
