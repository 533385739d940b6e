#pragma once

#include <array>
#include <cstdint>

namespace stemlathe::demo {

enum class Vowel : std::uint8_t { ee, ih, eh, ae, ah, aw, uu, oo, uh, nasal, side };

inline constexpr std::size_t kVowels = 11;
inline constexpr std::size_t kFormants = 5;

/// Resonances of the vocal tract, Hz. The first three: averages of men's vowels, Peterson & Barney,
/// JASA 24(2), 1952, table II; four and five drawn together as trained singers do (Sundberg, JASA
/// 55(4), 1974). `nasal` and `side` stand for m, n and l.
using Formants = std::array<double, kFormants>;
inline constexpr std::array<Formants, kVowels> kFormantTable{{
    {270, 2290, 3010, 3450, 3900}, // ee, as in "me"
    {390, 1990, 2550, 3250, 3800}, // ih, "in"
    {530, 1840, 2480, 3200, 3750}, // eh, "let"
    {660, 1720, 2410, 3150, 3700}, // ae, "and"
    {730, 1090, 2440, 3050, 3600}, // ah, "far"
    {570, 840, 2410, 3000, 3550},  // aw, "all"
    {440, 1020, 2240, 2950, 3500}, // uu, "good"
    {300, 870, 2240, 2900, 3450},  // oo, "you"
    {640, 1190, 2390, 3050, 3600}, // uh, "sun"
    {260, 1150, 2200, 2900, 3500}, // m, n
    {360, 1000, 2600, 3100, 3700}, // l
}};

/// Their bandwidths, Hz; Klatt, JASA 67(3), 1980, table I, typical values.
inline constexpr Formants kBandwidths{60, 90, 130, 200, 250};

enum class Consonant : std::uint8_t { none, s, sh, f, h, t, k, p, d, b, m, l, w, y };

/// How a consonant before a vowel is made.
struct Articulation {
    double lead_s = 0.0;     ///< how long before the vowel it begins
    double noise_hz = 4000;  ///< where its noise is strongest
    double noise_q = 1.0;    ///< how narrow that is
    double noise_gain = 0.0; ///< of the noise
    double burst_s = 0.0;    ///< 0: noise all along; else silence, then noise for the last burst_s
    double voice = 0.0;      ///< how much the vocal folds sound meanwhile
    Vowel shape = Vowel::uh; ///< of the mouth meanwhile; used where the folds sound
};

/// Centres of the noise: Stevens, Acoustic Phonetics, 1998, chapters 7 and 8.
[[nodiscard]] constexpr Articulation articulation_of(Consonant consonant) noexcept {
    switch (consonant) {
    case Consonant::none:
        return {};
    case Consonant::s:
        return {.lead_s = 0.12, .noise_hz = 6800, .noise_q = 1.6, .noise_gain = 0.60};
    case Consonant::sh:
        return {.lead_s = 0.12, .noise_hz = 3000, .noise_q = 1.5, .noise_gain = 0.56};
    case Consonant::f:
        return {.lead_s = 0.09, .noise_hz = 5000, .noise_q = 0.4, .noise_gain = 0.20};
    case Consonant::h:
        return {.lead_s = 0.07, .noise_hz = 1700, .noise_q = 0.5, .noise_gain = 0.14};
    case Consonant::t:
        return {.lead_s = 0.08, .noise_hz = 4200, .noise_gain = 0.90, .burst_s = 0.022};
    case Consonant::k:
        return {
            .lead_s = 0.08, .noise_hz = 2000, .noise_q = 2.0, .noise_gain = 0.90, .burst_s = 0.026};
    case Consonant::p:
        return {.lead_s = 0.08, .noise_hz = 900, .noise_gain = 0.70, .burst_s = 0.016};
    case Consonant::d:
        return {
            .lead_s = 0.06, .noise_hz = 3800, .noise_gain = 0.50, .burst_s = 0.01, .voice = 0.08};
    case Consonant::b:
        return {
            .lead_s = 0.06, .noise_hz = 700, .noise_gain = 0.50, .burst_s = 0.01, .voice = 0.08};
    case Consonant::m:
        return {.lead_s = 0.09, .voice = 0.35, .shape = Vowel::nasal};
    case Consonant::l:
        return {.lead_s = 0.08, .voice = 0.5, .shape = Vowel::side};
    case Consonant::w:
        return {.lead_s = 0.07, .voice = 0.5, .shape = Vowel::oo};
    case Consonant::y:
        return {.lead_s = 0.07, .voice = 0.5, .shape = Vowel::ee};
    }
    return {};
}

/// One syllable of the lyrics: a consonant, a vowel, and the vowel that it glides to.
struct Sound {
    Consonant consonant = Consonant::none;
    Vowel vowel = Vowel::ah;
    Vowel glide = Vowel::ah;
};

} // namespace stemlathe::demo
