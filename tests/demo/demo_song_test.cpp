#include "host/demo/melody.hpp"
#include "host/demo/song.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"
#include "tests/demo/band_energy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace stemlathe::test {
namespace {

using Audio = std::vector<float>;

constexpr std::size_t kVocals = 2;

Audio render(DemoSong& song, std::size_t stem, std::int64_t part_frames = 4096) {
    Audio audio(static_cast<std::size_t>(song.frames()) * 2);
    for (std::int64_t at = 0; at < song.frames(); at += part_frames) {
        auto const frames = std::min(part_frames, song.frames() - at);
        song.render(
            stem,
            at,
            std::span{audio}.subspan(
                static_cast<std::size_t>(2 * at), static_cast<std::size_t>(2 * frames)
            )
        );
    }
    return audio;
}

Audio render_beginning(DemoSong& song, std::size_t stem, std::int64_t frames) {
    Audio audio(static_cast<std::size_t>(frames) * 2);
    song.render(stem, 0, audio);
    return audio;
}

std::vector<Audio> render_all(DemoSettings const& settings) {
    DemoSong song{settings};
    std::vector<Audio> stems;
    for (std::size_t stem = 0; stem < song.stems().size(); ++stem) {
        stems.push_back(render(song, stem));
    }
    return stems;
}

Audio sum_of(std::vector<Audio> const& stems) {
    Audio sum(stems.front().size(), 0.0F);
    for (auto const& stem : stems) {
        std::ranges::transform(sum, stem, sum.begin(), std::plus<>{});
    }
    return sum;
}

double peak_dbfs(Audio const& audio) {
    float peak = 0.0F;
    for (float const value : audio) {
        peak = std::max(peak, std::abs(value));
    }
    return db_from_gain(static_cast<double>(peak));
}

double rms_dbfs(Audio const& audio) {
    double sum = 0.0;
    for (float const value : audio) {
        sum += static_cast<double>(value) * static_cast<double>(value);
    }
    return db_from_power(sum / static_cast<double>(audio.size()));
}

std::size_t stem_named(DemoSong const& song, std::string const& file) {
    for (std::size_t stem = 0; stem < song.stems().size(); ++stem) {
        if (song.stems()[stem].name + ".wav" == file) {
            return stem;
        }
    }
    ADD_FAILURE() << "no stem is called " << file;
    return 0;
}

TEST(DemoSong, DoesNotDependOnHowItIsCutWhenRendered) {
    DemoSong song{{.seconds = 3.0}};
    for (std::size_t stem = 0; stem < song.stems().size(); ++stem) {
        EXPECT_EQ(render(song, stem, 31), render(song, stem, 50'000)) << song.stems()[stem].name;
    }
}

TEST(DemoSong, IsAnotherSongForAnotherSeed) {
    DemoSong one{{.seconds = 4.0, .seed = 1}};
    DemoSong two{{.seconds = 4.0, .seed = 2}};
    for (std::size_t stem = 0; stem < one.stems().size(); ++stem) {
        EXPECT_NE(render(one, stem), render(two, stem)) << one.stems()[stem].name;
    }
}

TEST(DemoSong, HasTheLengthAskedForAtEveryRate) {
    for (int const rate_hz : {44'100, 48'000, 88'200, 96'000, 176'400, 192'000}) {
        DemoSong const song{{.seconds = 1.25, .rate_hz = rate_hz}};
        EXPECT_EQ(song.frames(), static_cast<std::int64_t>(1.25 * rate_hz));
    }
}

TEST(DemoSong, IsEquallyLoudAtEveryRate) {
    // The noises differ from rate to rate, so that stems agree in level and not in samples.
    constexpr double kLevelTolerance_db = 1.0;
    auto const at_48 = render_all({.seconds = 5.0, .rate_hz = 48'000});
    for (int const rate_hz : {44'100, 192'000}) {
        auto const stems = render_all({.seconds = 5.0, .rate_hz = rate_hz});
        for (std::size_t stem = 0; stem < stems.size(); ++stem) {
            EXPECT_NEAR(rms_dbfs(stems[stem]), rms_dbfs(at_48[stem]), kLevelTolerance_db)
                << "stem " << stem << " at " << rate_hz << " Hz";
        }
    }
}

TEST(DemoSong, HasHeadroomAndNoOffsetWhateverTheSeed) {
    constexpr double kOffset_dbfs = -70.0; // what is left of bass notes cut at the song's ends
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        auto const stems = render_all({.seconds = 12.0, .seed = seed});
        auto const mix = sum_of(stems);
        EXPECT_LT(peak_dbfs(mix), -2.0) << "seed " << seed;
        EXPECT_GT(rms_dbfs(mix), -24.0) << "seed " << seed;
        EXPECT_LT(rms_dbfs(mix), -14.0) << "seed " << seed;
        for (std::size_t stem = 0; stem < stems.size(); ++stem) {
            auto const& audio = stems[stem];
            EXPECT_TRUE(std::ranges::all_of(audio, [](float value) { return std::isfinite(value); })
            );
            EXPECT_LT(peak_dbfs(audio), -3.0) << "stem " << stem << ", seed " << seed;
            EXPECT_GT(rms_dbfs(audio), -50.0) << "stem " << stem << ", seed " << seed;
            double const mean = std::accumulate(audio.begin(), audio.end(), 0.0) /
                                static_cast<double>(audio.size());
            EXPECT_LT(db_from_gain(std::abs(mean)), kOffset_dbfs) << "stem " << stem;
        }
    }
}

TEST(DemoSong, BeginsAndEndsInQuiet) {
    for (auto const& audio : render_all({.seconds = 4.0})) {
        auto const last = Audio(audio.end() - 2 * 480, audio.end());
        EXPECT_LT(peak_dbfs(last), -60.0); // the last 10 ms
        EXPECT_EQ(audio[0], 0.0F);
    }
}

TEST(DemoSong, PlantsMaskingsThatAreThereAndOnlyThere) {
    for (std::uint64_t const seed : {1U, 2U}) {
        DemoSettings const settings{.seconds = 24.0, .seed = seed};
        DemoSong const song{settings};
        auto const stems = render_all(settings);
        auto const planted = song.planted();
        ASSERT_EQ(planted.size(), 4U);
        double const verse_end_s = planted.front().start_s;
        for (auto const& one : planted) {
            auto const excess_db = [&](Stretch const& stretch) {
                Band const band{one.low_hz, one.high_hz};
                auto const& masker = stems[stem_named(song, one.masker)];
                auto const& masked = stems[stem_named(song, one.masked)];
                return band_db(masker, settings.rate_hz, stretch, band) -
                       band_db(masked, settings.rate_hz, stretch, band);
            };
            EXPECT_GT(excess_db({one.start_s, one.end_s}), 3.0) << one.masked << ", seed " << seed;
            EXPECT_LT(excess_db({0.5, verse_end_s - 0.2}), 0.0) << one.masked << ", seed " << seed;
        }
    }
}

TEST(DemoSong, SaysNothingOfMaskingsThatItIsTooShortFor) {
    EXPECT_TRUE(DemoSong({.seconds = 1.0}).planted().empty());
    for (double const seconds : {2.0, 5.0, 10.0, 60.0}) {
        for (auto const& one : DemoSong({.seconds = seconds}).planted()) {
            EXPECT_LT(one.start_s, one.end_s);
            EXPECT_LE(one.end_s, seconds);
        }
    }
}

/// Frequency of the strongest part of a spectrum's envelope between two frequencies.
double summit_hz(std::vector<double> const& power, double bin_hz, Band const& band) {
    constexpr double kHalfWidth_hz = 130.0; // a harmonic or two of a sung note
    double best = 0.0;
    double best_hz = 0.0;
    for (double hz = band.low_hz; hz <= band.high_hz; hz += 20.0) {
        double sum = 0.0;
        for (std::size_t bin = 0; bin < power.size(); ++bin) {
            double const distance = std::abs(static_cast<double>(bin) * bin_hz - hz);
            sum += distance < kHalfWidth_hz ? power[bin] * (1.0 - distance / kHalfWidth_hz) : 0.0;
        }
        if (sum > best) {
            best = sum;
            best_hz = hz;
        }
    }
    return best_hz;
}

/// Checks the second formant of every long, steady vowel of the first verse, which the lead sings
/// alone. @returns how many there were
int check_formants(DemoSettings const& settings) {
    // Harmonics lie 150 to 300 Hz apart, so that a formant is found within half of that.
    constexpr double kFormantTolerance_hz = 160.0;
    DemoSong song{settings};
    auto const vocals = render_beginning(song, kVocals, 10 * settings.rate_hz);
    demo::Score const score{settings};
    double const bin_hz = static_cast<double>(settings.rate_hz) / kSpectrumFrames;
    int found = 0;
    for (int bar = 0; bar < score.section_bars(); ++bar) {
        for (auto const& syllable : demo::melody(score, bar)) {
            double const start_s = syllable.start_s + 0.08;
            double const end_s = start_s + static_cast<double>(kSpectrumFrames) / settings.rate_hz;
            auto const& formants =
                demo::kFormantTable[static_cast<std::size_t>(syllable.sound.vowel)];
            bool const is_steady = end_s <= syllable.start_s + syllable.length_s &&
                                   syllable.sound.vowel == syllable.sound.glide;
            bool const stands_alone = formants[1] - formants[0] >= 600.0;
            if (!is_steady || !stands_alone) {
                continue;
            }
            auto const power = mean_spectrum(vocals, settings.rate_hz, {start_s, end_s + 0.001});
            Band const around{formants[1] - 350.0, formants[1] + 350.0};
            EXPECT_NEAR(summit_hz(power, bin_hz, around), formants[1], kFormantTolerance_hz)
                << "second formant in bar " << bar << ", seed " << settings.seed;
            ++found;
        }
    }
    return found;
}

TEST(DemoSong, SingsVowelsWithTheirFormants) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        found += check_formants({.seconds = 40.0, .seed = seed});
    }
    EXPECT_GE(found, 3);
}

TEST(DemoSong, HissesWhereAnSIsSung) {
    DemoSettings const settings{.seconds = 40.0};
    DemoSong song{settings};
    auto const vocals = render_beginning(song, kVocals, 10 * settings.rate_hz);
    demo::Score const score{settings};
    auto const power_db = [&](double start_s, double end_s) {
        double power = 0.0;
        float previous = 0.0F; // the difference of neighbours favours the highs
        auto const first = static_cast<std::size_t>(start_s * settings.rate_hz);
        auto const last = static_cast<std::size_t>(end_s * settings.rate_hz);
        for (auto frame = first; frame < last; ++frame) {
            double const step = static_cast<double>(vocals[2 * frame] - previous);
            previous = vocals[2 * frame];
            power += step * step;
        }
        return db_from_power(power / static_cast<double>(last - first));
    };
    int heard = 0;
    for (int bar = 0; bar < score.section_bars(); ++bar) {
        for (auto const& syllable : demo::melody(score, bar)) {
            bool const is_whole = syllable.start_s > 0.3; // the song begins with half an S
            if (is_whole && syllable.sound.consonant == demo::Consonant::s) {
                // As strong in the highs as the vowel that follows, which is far stronger in all.
                EXPECT_GT(
                    power_db(syllable.start_s - 0.07, syllable.start_s - 0.02),
                    power_db(syllable.start_s + 0.06, syllable.start_s + 0.12) - 6.0
                );
                ++heard;
            }
        }
    }
    EXPECT_GE(heard, 1);
}

TEST(DemoSong, RefusesAbsurdSettingsInASentence) {
    for (DemoSettings const settings :
         {DemoSettings{.seconds = 0.5},
          DemoSettings{.seconds = 10'801.0},
          DemoSettings{.seconds = std::nan("")},
          DemoSettings{.rate_hz = 22'050}}) {
        try {
            DemoSong const song{settings};
            FAIL() << "accepted " << settings.seconds << " s at " << settings.rate_hz << " Hz";
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::invalid_argument);
            EXPECT_NE(std::string{failure.what()}.find("must be"), std::string::npos);
        }
    }
}

} // namespace
} // namespace stemlathe::test
