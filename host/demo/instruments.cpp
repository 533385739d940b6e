#include "host/demo/chord_voices.hpp"
#include "host/demo/reverb.hpp"
#include "host/demo/synth.hpp"

#include <cmath>
#include <string_view>

namespace stemlathe::demo {
namespace {

constexpr double kPadGain = 0.012;
constexpr double kKeysGain = 0.045;
constexpr double kGuitarGain = 0.085;
constexpr double kReverbGain = 0.12;

/// In eighths: 'o' an accent, 'x' lighter, '.' none.
constexpr std::array<std::string_view, 3> kKeysPatterns{"o..x..x.", "o...x.x.", "o.x..x.."};
constexpr std::array<std::string_view, 2> kGuitarPatterns{"oxxoxxox", "oxoxxoxx"};
constexpr std::string_view kEnding = "o.......";

/// A strummed guitar through an amplifier whose speaker is loudest from 1 to 4 kHz, where a voice
/// has its second and third formant: what masks the vocal in the chorus.
class Guitar {
  public:
    Guitar(double detune_cents, SawTables const& tables, double rate_hz)
        : strings_(detune_cents, tables, rate_hz) {
        level_.tune({.attack_s = 0.006, .decay_s = 0.9}, rate_hz);
        pickup_.tune(3200.0, 0.8, rate_hz);
        hum_.tune(150.0, 0.7, rate_hz);
        presence_.tune(2100.0, 0.9, rate_hz);
        speaker_.tune(4800.0, 0.8, rate_hz);
    }

    void strum(ChordNotes const& notes, double velocity) noexcept {
        strings_.fret(notes);
        level_.strike(velocity);
    }

    [[nodiscard]] double next() noexcept {
        double const level = level_.next();
        if (level_.is_silent()) {
            return 0.0;
        }
        double const driven = std::tanh(2.0 * level * pickup_.next(strings_.next()).low);
        double const clean = hum_.next(driven).high;
        return speaker_.next(0.3 * clean + 1.6 * presence_.next(clean).band).low;
    }

  private:
    Strings strings_;
    Pluck level_;
    StateFilter pickup_;
    StateFilter hum_;
    StateFilter presence_;
    StateFilter speaker_;
};

struct Strum {
    enum class Part : std::uint8_t { pad, keys, guitars } part = Part::keys;
    ChordNotes notes{};
    double velocity = 1.0;
};

class Instruments : public StemSynth {
  public:
    Instruments(Studio const& studio, int stem)
        : StemSynth(studio, stem),
          keys_({}, tables(), rate_hz()),
          pad_left_(5.0, tables(), rate_hz()),
          pad_right_(-7.0, tables(), rate_hz()),
          guitar_left_(3.0, tables(), rate_hz()),
          guitar_right_(-4.0, tables(), rate_hz()),
          hall_({.size_s = 0.053, .decay_s = 1.6, .damp_hz = 4000}, rate_hz()) {
        felt_left_.tune(650.0, 0.7, rate_hz());
        felt_right_.tune(650.0, 0.7, rate_hz());
    }

  private:
    void plan_bar(int bar) override {
        bool const chorus = score().is_chorus(bar);
        bool const ending = score().is_ending(bar);
        auto const chord = score().chord(bar);
        strums_.add(score().time_s(bar), {Strum::Part::pad, open_chord(chord, 48), 1.0});
        auto const& dice = score().dice();
        auto const keys = static_cast<std::size_t>(dice.choice(Chance::strum, 0, 3));
        add(bar, ending ? kEnding : kKeysPatterns[keys], Strum::Part::keys, open_chord(chord, 50));
        if (chorus || ending) {
            auto const guitars = static_cast<std::size_t>(dice.choice(Chance::strum, 1, 2));
            add(bar,
                ending ? kEnding : kGuitarPatterns[guitars],
                Strum::Part::guitars,
                open_chord(chord, 45));
        } else if (score().starts_section(bar)) { // hands on the strings
            strums_.add(score().time_s(bar), {Strum::Part::guitars, open_chord(chord, 45), 0.0});
        }
    }

    void add(int bar, std::string_view pattern, Strum::Part part, ChordNotes const& notes) {
        for (std::size_t step = 0; step < pattern.size(); ++step) {
            if (pattern[step] == '.') {
                continue;
            }
            auto const draw = 2 * (static_cast<std::int64_t>(step) + 8 * bar);
            double const luck = score().dice().uniform(Chance::strum, 100 + draw);
            double const velocity = (pattern[step] == 'o' ? 1.0 : 0.75) - 0.12 * luck;
            strums_.add(
                score().time_s(bar, 0.5 * static_cast<double>(step)), {part, notes, velocity}
            );
        }
    }

    void play(Strum const& strum) {
        switch (strum.part) {
        case Strum::Part::pad:
            pad_left_.fret(strum.notes);
            pad_right_.fret(strum.notes);
            swell_.go(1.0, 0.4, rate_hz());
            break;
        case Strum::Part::keys:
            for (double const note : strum.notes) {
                keys_.strike(note, strum.velocity);
            }
            break;
        case Strum::Part::guitars:
            guitar_left_.strum(strum.notes, strum.velocity);
            guitar_right_.strum(strum.notes, strum.velocity);
            break;
        }
    }

    void fill(Block& block, double now_s) override {
        strums_.run_until(now_s, [this](Strum const& strum) { play(strum); });
        for (auto& frame : block) {
            double const swell = kPadGain * swell_.next();
            double const keys = kKeysGain * keys_.next();
            double const pad_left = swell * felt_left_.next(pad_left_.next()).low;
            double const pad_right = swell * felt_right_.next(pad_right_.next()).low;
            double const left = kGuitarGain * guitar_left_.next();
            double const right = kGuitarGain * guitar_right_.next();
            auto const hall = hall_.next(keys + pad_left + pad_right + 0.3 * (left + right));
            frame.left += keys + pad_left + left + 0.3 * right + kReverbGain * hall.left;
            frame.right += 0.8 * keys + pad_right + right + 0.3 * left + kReverbGain * hall.right;
        }
    }

    Keys keys_;
    Strings pad_left_;
    Strings pad_right_;
    StateFilter felt_left_;
    StateFilter felt_right_;
    Ramp swell_;
    Guitar guitar_left_;
    Guitar guitar_right_;
    Reverb hall_;
    Agenda<Strum> strums_;
};

} // namespace

std::unique_ptr<StemSynth> make_instruments(Studio const& studio, int stem) {
    return std::make_unique<Instruments>(studio, stem);
}

} // namespace stemlathe::demo
