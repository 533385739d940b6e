#include "host/demo/reverb.hpp"
#include "host/demo/singer.hpp"
#include "host/demo/synth.hpp"

namespace stemlathe::demo {
namespace {

constexpr double kLeadGain = 0.07;
constexpr double kHarmonyGain = 0.025;
constexpr double kPlateGain = 0.10;

/// The note of the chord above a sung one.
double harmony_note(Chord const& chord, double sung) noexcept {
    int const above = static_cast<int>(sung) + 3;
    int const third = place_note(chord.third, above);
    int const fifth = place_note(chord.fifth, above);
    int const root = place_note(chord.root, above);
    return std::min({third, fifth, root});
}

/// A lead voice, in the chorus with a second one above it, in a plate reverb.
class Vocals : public StemSynth {
  public:
    Vocals(Studio const& studio, int stem)
        : StemSynth(studio, stem),
          lead_({}, tables(), make_noise(0), noise_gain(), rate_hz()),
          harmony_(
              {.detune_cents = 6.0, .vibrato_hz = 5.9, .tract = 1.06},
              tables(),
              make_noise(1),
              noise_gain(),
              rate_hz()
          ),
          plate_({.size_s = 0.047, .decay_s = 1.3, .damp_hz = 5200}, rate_hz()) {}

  private:
    void plan_bar(int bar) override {
        for (auto const& syllable : melody(score(), bar)) {
            sung_.add(syllable.start_s - Singer::lead_s(syllable), syllable);
            if (score().is_chorus(bar)) {
                auto above = syllable;
                above.note = harmony_note(score().chord(bar), syllable.note);
                above.start_s += 0.012; // nobody sings quite together
                doubled_.add(above.start_s - Singer::lead_s(above), above);
            }
        }
    }

    void fill(Block& block, double now_s) override {
        sung_.run_until(now_s, [this](Syllable const& syllable) { lead_.start(syllable); });
        doubled_.run_until(now_s, [this](Syllable const& syllable) { harmony_.start(syllable); });
        double const block_s = 1.0 / block_rate_hz();
        lead_.retune(block_s);
        harmony_.retune(block_s);
        for (auto& frame : block) {
            double const lead = kLeadGain * lead_.next();
            double const harmony = kHarmonyGain * harmony_.next();
            auto const plate = plate_.next(lead + harmony);
            frame.left += lead + 0.5 * harmony + kPlateGain * plate.left;
            frame.right += lead + harmony + kPlateGain * plate.right;
        }
    }

    Singer lead_;
    Singer harmony_;
    Reverb plate_;
    Agenda<Syllable> sung_;
    Agenda<Syllable> doubled_;
};

} // namespace

std::unique_ptr<StemSynth> make_vocals(Studio const& studio, int stem) {
    return std::make_unique<Vocals>(studio, stem);
}

} // namespace stemlathe::demo
