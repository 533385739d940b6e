#pragma once

#include "host/demo/filters.hpp"
#include "host/demo/melody.hpp"
#include "host/demo/noise.hpp"
#include "host/demo/oscillator.hpp"

namespace stemlathe::demo {

/// A voice: a sawtooth (the glottal pulse with the lips' radiation falls by 6 dB per octave)
/// through the formants in cascade, and shaped noise for consonants. Source: Klatt, "Software for a
/// cascade/parallel formant synthesizer", JASA 67(3), 1980.
class Singer {
  public:
    struct Settings {
        double detune_cents = 0.0;
        double vibrato_hz = 5.4;
        double tract = 1.0; ///< scales the formants: above 1 is a shorter, lighter voice
    };

    Singer(
        Settings const& settings,
        SawTables const& tables,
        Noise noise,
        double noise_gain,
        double rate_hz
    );

    /// How long before its vowel a syllable must be started.
    [[nodiscard]] static double lead_s(Syllable const& syllable) noexcept;

    void start(Syllable const& syllable) noexcept;

    /// Moves mouth, pitch and breath on by one block.
    void retune(double block_s) noexcept;

    [[nodiscard]] double next() noexcept;

  private:
    void move_mouth(Vowel shape) noexcept;
    void move_pitch(double block_s) noexcept;

    Settings settings_;
    SawTables const& tables_;
    Noise noise_;
    double noise_gain_;
    double rate_hz_;
    std::array<double, kVowels> vowel_gain_{};

    Syllable syllable_{};
    Articulation articulation_{};
    double since_start_s_ = 1e9; ///< of the consonant

    Smoother pitch_;
    double vibrato_phase_ = 0.0;
    std::array<Smoother, kFormants> formant_hz_{};
    Smoother vowel_level_;
    double voice_target_ = 0.0;
    double noise_target_ = 0.0;
    Smoother voice_;
    Smoother hiss_;
    Oscillator folds_;
    std::array<StateFilter, kFormants> tract_{};
    StateFilter chest_;
    StateFilter presence_;
    StateFilter breath_;
    StateFilter teeth_;
};

} // namespace stemlathe::demo
