#pragma once

#include "host/demo/score.hpp"
#include "host/demo/speech.hpp"

#include <vector>

namespace stemlathe::demo {

struct Syllable {
    double start_s = 0.0;  ///< of the vowel; the consonant comes before
    double length_s = 0.0; ///< of the vowel
    double note = 60.0;    ///< MIDI
    Sound sound{};
};

/// What is sung in a bar: rhythm, notes and words. Every chorus has the same tune.
[[nodiscard]] std::vector<Syllable> melody(Score const& score, int bar);

} // namespace stemlathe::demo
