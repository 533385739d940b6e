#include "host/demo/score.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stemlathe::demo {
namespace {

struct Degree {
    int semitones;
    bool minor;
};

constexpr Degree kOne{0, false};
constexpr Degree kTwo{2, true};
constexpr Degree kThree{4, true};
constexpr Degree kFour{5, false};
constexpr Degree kFive{7, false};
constexpr Degree kSix{9, true};

constexpr std::size_t kProgressions = 4;
using Progressions = std::array<std::array<Degree, 4>, kProgressions>;
constexpr Progressions kVerse{{
    {kSix, kFour, kOne, kFive},
    {kOne, kThree, kFour, kFive},
    {kSix, kTwo, kFour, kFive},
    {kOne, kSix, kTwo, kFive},
}};
constexpr Progressions kChorus{{
    {kFour, kFive, kSix, kOne},
    {kOne, kFive, kSix, kFour},
    {kFour, kOne, kFive, kSix},
    {kOne, kFour, kSix, kFive},
}};

/// C, D, E, F, G, A.
constexpr std::array<int, 6> kKeys{0, 2, 4, 5, 7, 9};

constexpr double kSectionBeats = 32.0;

} // namespace

int place_note(int pitch_class, int lowest) noexcept {
    return lowest + ((pitch_class - lowest) % 12 + 12) % 12;
}

Score::Score(DemoSettings const& settings) : dice_(settings.seed), duration_s_(settings.seconds) {
    double const beats_per_minute = 106.0 + 8.0 * dice_.uniform(Chance::tempo, 0);
    double const wished_beat_s = 60.0 / beats_per_minute;
    start_s_ = std::min(0.1, 0.01 * duration_s_);
    double const music_s = duration_s_ - start_s_ - std::clamp(0.06 * duration_s_, 0.2, 2.5);

    double const pairs = music_s / (2.0 * kSectionBeats * wished_beat_s);
    sections_ = 2 * std::max(duration_s_ < 16.0 ? 1 : 2, static_cast<int>(std::lround(pairs)));
    double const section_s = music_s / sections_;
    section_bars_ = std::max(1, static_cast<int>(std::lround(section_s / wished_beat_s / 4.0)));
    // A demo too short for two bars is cut rather than hurried.
    beat_s_ = std::min(section_s / section_bars_ / 4.0, 60.0 / 84.0);
    if (beat_s_ < 60.0 / 140.0) {
        beat_s_ = wished_beat_s;
    }

    key_ =
        kKeys[static_cast<std::size_t>(dice_.choice(Chance::key, 0, static_cast<int>(kKeys.size()))
        )];
    progression_ = {
        dice_.choice(Chance::progression, 0, kProgressions),
        dice_.choice(Chance::progression, 1, kProgressions)};
}

Chord Score::chord(int bar) const noexcept {
    if (is_ending(bar)) {
        return {key_, (key_ + 4) % 12, (key_ + 7) % 12};
    }
    bool const chorus = is_chorus(bar);
    auto const& progressions = chorus ? kChorus : kVerse;
    auto const row = static_cast<std::size_t>(progression_[chorus ? 1 : 0]);
    auto const degree = progressions[row][static_cast<std::size_t>(bar_in_section(bar) % 4)];
    int const root = (key_ + degree.semitones) % 12;
    return {root, (root + (degree.minor ? 3 : 4)) % 12, (root + 7) % 12};
}

} // namespace stemlathe::demo
