#pragma once

#include "host/demo/envelope.hpp"
#include "host/demo/oscillator.hpp"
#include "host/demo/score.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace stemlathe::demo {

inline constexpr std::size_t kChordNotes = 4;
using ChordNotes = std::array<double, kChordNotes>; ///< MIDI

/// Electric piano keys: two sines, one modulating the other, as many notes as fingers. Source:
/// Chowning, JAES 21(7), 1973.
class Keys {
  public:
    struct Settings {
        double ratio = 1.0; ///< pitch of the modulator over that of the note
        double bite = 0.25; ///< turns by which it shifts the phase at the start
        double decay_s = 0.9;
    };

    Keys(Settings const& settings, SawTables const& tables, double rate_hz)
        : settings_(settings), sine_(tables.sine()), rate_hz_(rate_hz) {
        for (auto& key : keys_) {
            key.level.tune({.attack_s = 0.003, .decay_s = settings.decay_s}, rate_hz);
            key.bite.tune({.attack_s = 0.003, .decay_s = 0.3 * settings.decay_s}, rate_hz);
            key.tone.tune(sine_, 440.0, rate_hz);
            key.modulator.tune(sine_, 440.0, rate_hz);
        }
    }

    void strike(double note, double velocity) noexcept {
        auto& key = keys_[turn_];
        turn_ = (turn_ + 1) % keys_.size();
        double const hz = hz_of_note(note);
        key.tone.tune(sine_, hz, rate_hz_);
        key.modulator.tune(sine_, settings_.ratio * hz, rate_hz_);
        key.level.strike(velocity);
        key.bite.strike(settings_.bite * velocity);
    }

    [[nodiscard]] double next() noexcept {
        double sum = 0.0;
        for (auto& key : keys_) {
            double const level = key.level.next();
            double const bite = key.bite.next();
            if (!key.level.is_silent()) {
                sum += level * key.tone.next(bite * key.modulator.next());
            }
        }
        return sum;
    }

  private:
    struct Key {
        Oscillator tone;
        Oscillator modulator;
        Pluck level;
        Pluck bite;
    };

    Settings settings_;
    float const* sine_;
    double rate_hz_;
    std::array<Key, 8> keys_{};
    std::size_t turn_ = 0;
};

/// Four sawtooths that change chord together: a pad, or with drive a guitar.
class Strings {
  public:
    Strings(double detune_cents, SawTables const& tables, double rate_hz)
        : detune_cents_(detune_cents), tables_(tables), rate_hz_(rate_hz) {
        for (std::size_t i = 0; i < kChordNotes; ++i) {
            strings_[i].set_phase(0.37 * static_cast<double>(i));
        }
        fret({45.0, 52.0, 57.0, 61.0});
    }

    void fret(ChordNotes const& notes) noexcept {
        double cents = detune_cents_;
        for (std::size_t i = 0; i < kChordNotes; ++i) {
            double const hz = hz_of_note(notes[i] + 0.01 * cents);
            strings_[i].tune(tables_.saw(hz, rate_hz_), hz, rate_hz_);
            cents = -cents;
        }
    }

    [[nodiscard]] double next() noexcept {
        double sum = 0.0;
        for (auto& string : strings_) {
            sum += string.next();
        }
        return sum;
    }

  private:
    double detune_cents_;
    SawTables const& tables_;
    double rate_hz_;
    std::array<Oscillator, kChordNotes> strings_{};
};

/// A chord laid out upwards from `lowest`: root, fifth, root and third.
[[nodiscard]] inline ChordNotes open_chord(Chord const& chord, int lowest) noexcept {
    int const root = place_note(chord.root, lowest);
    int const fifth = place_note(chord.fifth, root);
    int const octave = root + 12;
    return {1.0 * root, 1.0 * fifth, 1.0 * octave, 1.0 * place_note(chord.third, octave)};
}

} // namespace stemlathe::demo
