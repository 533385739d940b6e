#include "host/demo/envelope.hpp"
#include "host/demo/synth.hpp"

#include <cmath>
#include <string_view>

namespace stemlathe::demo {
namespace {

/// A bar in eighths: 'r' root, 'f' fifth, 'u' root an octave up, '-' held, '.' rest.
constexpr std::array<std::string_view, 3> kVerse{"r--.r.f-", "r-.r--f.", "r--.u.r-"};
constexpr std::array<std::string_view, 2> kChorus{"rrrrrrrr", "rrrrrrru"};
constexpr std::string_view kEnding = "r-------";

/// In the verse the bass stays above the kick drum's fundamental, in the chorus it goes down into
/// it: that is the low end's planted clash.
constexpr int kVerseLowest = 41;  // 87 Hz
constexpr int kChorusLowest = 28; // 41 Hz

constexpr double kVerseGain = 0.085;
constexpr double kChorusGain = 0.105;

struct Note {
    double note = 40.0;
    double length_s = 0.2;
    double gain = 0.2;
    double brightness_hz = 400.0;
};

class Bass : public StemSynth {
  public:
    Bass(Studio const& studio, int stem) : StemSynth(studio, stem) {
        brightness_.tune({.attack_s = 0.004, .decay_s = 0.16}, rate_hz());
        start({.gain = 0.0});
    }

  private:
    void plan_bar(int bar) override {
        bool const chorus = score().is_chorus(bar) || score().is_ending(bar);
        auto const chord = score().chord(bar);
        int const root = place_note(chord.root, chorus ? kChorusLowest : kVerseLowest);
        int const fifth = root + (chord.fifth - chord.root + 12) % 12;
        auto const pattern = pattern_of(bar);
        for (std::size_t step = 0; step < pattern.size(); ++step) {
            char const symbol = pattern[step];
            if (symbol == '.' || symbol == '-') {
                continue;
            }
            auto const next = pattern.find_first_not_of('-', step + 1);
            auto const steps = std::min(next, pattern.size()) - step;
            auto const draw = static_cast<std::int64_t>(step) + 8 * bar;
            double const luck = score().dice().uniform(Chance::velocity, 100'000 + draw);
            notes_.add(
                score().time_s(bar, 0.5 * static_cast<double>(step)),
                {.note = static_cast<double>(symbol == 'f' ? fifth : root + (symbol == 'u') * 12),
                 .length_s = (0.5 * static_cast<double>(steps) - 0.08) * score().beat_s(),
                 .gain = (chorus ? kChorusGain : kVerseGain) * (1.0 - 0.15 * luck),
                 .brightness_hz = chorus ? 900.0 : 500.0}
            );
        }
    }

    [[nodiscard]] std::string_view pattern_of(int bar) const {
        if (score().is_ending(bar)) {
            return kEnding;
        }
        if (score().is_chorus(bar)) {
            return kChorus[score().ends_section(bar) ? 1 : 0];
        }
        auto const choice = score().dice().choice(Chance::drum_pattern, 2, 3);
        return kVerse[static_cast<std::size_t>(choice)];
    }

    void start(Note const& note) {
        double const hz = hz_of_note(note.note);
        string_.tune(tables().saw(hz, rate_hz()), hz, rate_hz());
        body_.tune(tables().sine(), hz, rate_hz());
        brightness_.strike(note.brightness_hz);
        level_.go(note.gain, 0.005, rate_hz());
        frames_left_ = static_cast<std::int64_t>(note.length_s * rate_hz());
    }

    void fill(Block& block, double now_s) override {
        notes_.run_until(now_s, [this](Note const& note) { start(note); });
        if (frames_left_ > 0 && frames_left_ <= kBlockFrames) {
            level_.go(0.0, 0.04, rate_hz());
        }
        frames_left_ -= kBlockFrames;
        filter_.tune(180.0 + brightness_.value(), 1.1, rate_hz());
        for (auto& frame : block) {
            static_cast<void>(brightness_.next());
            double const tone = filter_.next(string_.next()).low + 0.6 * body_.next();
            double const sample = level_.next() * std::tanh(1.3 * tone);
            frame.left += sample;
            frame.right += sample;
        }
    }

    Oscillator string_;
    Oscillator body_;
    StateFilter filter_;
    Pluck brightness_;
    Ramp level_;
    std::int64_t frames_left_ = 0;
    Agenda<Note> notes_;
};

} // namespace

std::unique_ptr<StemSynth> make_bass(Studio const& studio, int stem) {
    return std::make_unique<Bass>(studio, stem);
}

} // namespace stemlathe::demo
