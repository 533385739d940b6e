#include "host/demo/melody.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string_view>

namespace stemlathe::demo {
namespace {

using enum Consonant;
using enum Vowel;

/// A bar in eighths: 'x' a new syllable, '-' held, '.' rest. Of four bars each part takes the first
/// three from its list; the fourth ends the phrase.
constexpr std::array<std::string_view, 4> kVerseRhythms{
    ".xx-xxx-", "x-xxx-x.", ".xxxx-x-", "x-x-xxx-"};
constexpr std::string_view kVerseClose = "x-xx---.";
constexpr std::array<std::string_view, 4> kChorusRhythms{
    "x--xx-x-", "x-x--xx-", "xx-xx---", "x--x--x-"};
constexpr std::string_view kChorusClose = "x-x-----";
constexpr std::string_view kEnding = "x-------";

/// "Silver morning, someone's calling, take the low road home; I was waiting, you were fading,
/// counting days alone."
constexpr std::array<Sound, 26> kVerseWords{{
    {s, ih, ih}, {l, uh, uh}, {m, aw, aw}, {m, ih, ih},    {s, uh, uh}, {w, uh, uh}, {k, aw, aw},
    {l, ih, ih}, {t, eh, ih}, {d, uh, uh}, {l, aw, uu},    {w, aw, uu}, {h, aw, uu}, {none, ah, ih},
    {w, uh, uh}, {w, eh, ih}, {t, ih, ih}, {y, oo, oo},    {w, uh, uh}, {f, eh, ih}, {d, ih, ih},
    {k, ah, uu}, {t, ih, ih}, {d, eh, ih}, {none, uh, uh}, {l, aw, uu},
}};
/// "Shine on me, shine all day, stay with me tonight, let it all come back to light."
constexpr std::array<Sound, 18> kChorusWords{{
    {sh, ah, ih},
    {none, aw, aw},
    {m, ee, ee},
    {sh, ah, ih},
    {none, aw, aw},
    {d, eh, ih},
    {s, eh, ih},
    {w, ih, ih},
    {m, ee, ee},
    {t, oo, oo},
    {m, ah, ih},
    {l, eh, eh},
    {t, ih, ih},
    {none, aw, aw},
    {k, uh, uh},
    {b, ae, ae},
    {t, oo, oo},
    {l, ah, ih},
}};

constexpr int kVerseLowest = 50;  // D3
constexpr int kChorusLowest = 55; // G3
constexpr std::array<int, 7> kMajor{0, 2, 4, 5, 7, 9, 11};

std::string_view rhythm_of(Score const& score, int bar) {
    if (score.is_ending(bar)) {
        return kEnding;
    }
    bool const chorus = score.is_chorus(bar);
    int const place = score.bar_in_section(bar) % 4;
    if (place == 3) {
        return chorus ? kChorusClose : kVerseClose;
    }
    auto const draw = score.dice().choice(Chance::melody, place + (chorus ? 10 : 0), 4);
    auto const& rhythms = chorus ? kChorusRhythms : kVerseRhythms;
    return rhythms[static_cast<std::size_t>(draw)];
}

/// The word that a bar's first syllable has: the lyrics run on through the section.
std::size_t words_before(Score const& score, int bar) {
    std::size_t words = 0;
    for (int earlier = bar - score.bar_in_section(bar); earlier < bar; ++earlier) {
        auto const rhythm = rhythm_of(score, earlier);
        words += static_cast<std::size_t>(std::ranges::count(rhythm, 'x'));
    }
    return words;
}

bool is_in(Chord const& chord, int note) noexcept {
    int const pitch_class = note % 12;
    return pitch_class == chord.root || pitch_class == chord.third || pitch_class == chord.fifth;
}

/// The note of the scale, eleven of them from `lowest`, that has place `step`.
int scale_note(int key, int lowest, int step) noexcept {
    int const tonic = place_note(key, lowest - 11);
    int note = tonic;
    int degree = 0;
    while (note < lowest) {
        ++degree;
        note = tonic + 12 * (degree / 7) + kMajor[static_cast<std::size_t>(degree % 7)];
    }
    degree += step;
    return tonic + 12 * (degree / 7) + kMajor[static_cast<std::size_t>(degree % 7)];
}

/// Walks along the scale; strong beats are drawn to the nearest note of the chord.
class Tune {
  public:
    Tune(Score const& score, int bar)
        : score_(score),
          chord_(score.chord(bar)),
          lowest_(score.is_chorus(bar) ? kChorusLowest : kVerseLowest),
          draw_(64 * (score.bar_in_section(bar) % 4) + (score.is_chorus(bar) ? 1000 : 0)) {
        step_ = 2 + score.dice().choice(Chance::melody, draw_ + 100, 4);
    }

    int next(bool strong) {
        ++draw_;
        int const leap = score_.dice().choice(Chance::melody, draw_ + 100, 5) - 2;
        step_ = std::clamp(step_ + leap, 0, kSteps - 1);
        if (strong) {
            for (int distance = 0; distance < kSteps; ++distance) {
                for (int const place : {step_ + distance, step_ - distance}) {
                    if (place >= 0 && place < kSteps && is_in(chord_, note_at(place))) {
                        step_ = place;
                        return note_at(place);
                    }
                }
            }
        }
        return note_at(step_);
    }

  private:
    static constexpr int kSteps = 8;

    [[nodiscard]] int note_at(int step) const noexcept {
        return scale_note(score_.key(), lowest_, step);
    }

    Score const& score_;
    Chord chord_;
    int lowest_;
    std::int64_t draw_;
    int step_ = 0;
};

} // namespace

std::vector<Syllable> melody(Score const& score, int bar) {
    std::vector<Syllable> syllables;
    auto const rhythm = rhythm_of(score, bar);
    bool const chorus = score.is_chorus(bar);
    std::span<Sound const> const words =
        chorus ? std::span<Sound const>{kChorusWords} : std::span<Sound const>{kVerseWords};
    auto word = words_before(score, bar);
    Tune tune{score, bar};
    for (std::size_t step = 0; step < rhythm.size(); ++step) {
        if (rhythm[step] != 'x') {
            continue;
        }
        auto const end = std::min(rhythm.find_first_not_of('-', step + 1), rhythm.size());
        double const beats = 0.5 * static_cast<double>(end - step);
        bool const strong = step % 4 == 0 || beats > 1.0;
        syllables.push_back(
            {.start_s = score.time_s(bar, 0.5 * static_cast<double>(step)),
             .length_s = (beats - 0.12) * score.beat_s(),
             .note = static_cast<double>(tune.next(strong)),
             .sound = words[word % words.size()]}
        );
        ++word;
    }
    return syllables;
}

} // namespace stemlathe::demo
