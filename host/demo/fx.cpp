#include "host/demo/chord_voices.hpp"
#include "host/demo/drum_voices.hpp"
#include "host/demo/reverb.hpp"
#include "host/demo/synth.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace stemlathe::demo {
namespace {

constexpr double kBellGain = 0.025;
constexpr double kEchoGain = 0.55;
constexpr double kRiserGain = 0.08;
constexpr double kImpactGain = 0.12;
constexpr double kWindGain = 0.006;

struct Cue {
    enum class Kind : std::uint8_t { bell, impact, riser } kind = Kind::bell;
    double note = 72.0;
    double velocity = 1.0;
    double length_s = 1.0; ///< of a riser
};

/// Noise that climbs in pitch and level, and stops where the chorus begins.
class Riser {
  public:
    Riser(Noise noise, double gain, double rate_hz)
        : noise_(noise), gain_(gain), rate_hz_(rate_hz) {
        filter_.tune(500.0, 2.0, rate_hz);
    }

    void start(double length_s) noexcept {
        length_s_ = length_s;
        since_s_ = 0.0;
    }

    void retune(double block_s) noexcept {
        double const part = since_s_ / length_s_;
        since_s_ += block_s;
        bool const is_over = part >= 1.0;
        level_.go(is_over ? 0.0 : part * part, is_over ? 0.03 : block_s, rate_hz_);
        if (!is_over) {
            filter_.tune(500.0 * std::exp2(3.6 * part), 2.0, rate_hz_);
        }
    }

    [[nodiscard]] double next() noexcept {
        return level_.next() * filter_.next(gain_ * noise_.next()).band;
    }

  private:
    Noise noise_;
    double gain_;
    double rate_hz_;
    StateFilter filter_;
    Ramp level_;
    double length_s_ = 1.0;
    double since_s_ = 1e9;
};

/// Bells with echoes from side to side, a riser into each chorus, a blow where it starts, and wind.
class Fx : public StemSynth {
  public:
    Fx(Studio const& studio, int stem)
        : StemSynth(studio, stem),
          bells_({.ratio = 3.5, .bite = 0.18, .decay_s = 0.5}, tables(), rate_hz()),
          impact_(
              {.hz = 60.0, .sweep_hz = 90.0, .sweep_s = 0.12, .shape = {0.002, 0.25}},
              tables(),
              rate_hz()
          ),
          riser_(make_noise(0), noise_gain(), rate_hz()),
          wind_(make_noise(1)),
          echo_left_(echo_frames()),
          echo_right_(echo_frames()),
          hall_({.size_s = 0.061, .decay_s = 2.0, .damp_hz = 5000}, rate_hz()) {
        gust_.tune(3.0, block_rate_hz());
    }

  private:
    [[nodiscard]] std::size_t echo_frames() const {
        return static_cast<std::size_t>(0.75 * score().beat_s() * rate_hz());
    }

    void plan_bar(int bar) override {
        auto const& dice = score().dice();
        for (int step = 0; step < 8; ++step) {
            double const luck = dice.uniform(Chance::effects, 8 * (bar % 64) + step);
            if (luck > (step % 2 == 1 ? 0.6 : 0.85)) {
                auto const notes = open_chord(score().chord(bar), 67);
                auto const place = static_cast<std::size_t>(luck * 64.0) % kChordNotes;
                cues_.add(
                    score().time_s(bar, 0.5 * step),
                    {.kind = Cue::Kind::bell, .note = notes[place], .velocity = luck}
                );
            }
        }
        if (score().is_ending(bar) || !score().is_chorus(bar)) {
            bool const chorus_next = score().ends_section(bar) && !score().is_ending(bar);
            if (chorus_next) {
                double const length_s = 4.0 * score().beat_s();
                cues_.add(score().time_s(bar), {.kind = Cue::Kind::riser, .length_s = length_s});
            }
        } else if (score().starts_section(bar)) {
            cues_.add(score().time_s(bar), {.kind = Cue::Kind::impact});
        }
    }

    void play(Cue const& cue) {
        switch (cue.kind) {
        case Cue::Kind::bell:
            bells_.strike(cue.note, cue.velocity);
            break;
        case Cue::Kind::impact:
            impact_.strike(1.0);
            break;
        case Cue::Kind::riser:
            riser_.start(cue.length_s);
            break;
        }
    }

    void fill(Block& block, double now_s) override {
        cues_.run_until(now_s, [this](Cue const& cue) { play(cue); });
        riser_.retune(1.0 / block_rate_hz());
        double const gust = gust_.next(1.0 + wind_.next());
        wind_filter_.tune(300.0 + 500.0 * gust, 1.5, rate_hz());
        for (auto& frame : block) {
            double const bells = kBellGain * bells_.next();
            double const impact = kImpactGain * impact_.next();
            double const wind = wind_filter_.next(noise_gain() * wind_.next()).band;
            double const riser = kRiserGain * riser_.next() + kWindGain * wind;
            double const left = echo_left_.oldest();
            double const right = echo_right_.oldest();
            echo_left_.push(bells + kEchoGain * right);
            echo_right_.push(kEchoGain * left);
            auto const hall = hall_.next(0.3 * (bells + riser + impact));
            frame.left += bells + impact + riser + left + hall.left;
            frame.right += 0.7 * bells + impact + 0.8 * riser + right + hall.right;
        }
    }

    Keys bells_;
    Thump impact_;
    Riser riser_;
    Noise wind_;
    StateFilter wind_filter_;
    Smoother gust_;
    DelayLine echo_left_;
    DelayLine echo_right_;
    Reverb hall_;
    Agenda<Cue> cues_;
};

} // namespace

std::unique_ptr<StemSynth> make_fx(Studio const& studio, int stem) {
    return std::make_unique<Fx>(studio, stem);
}

} // namespace stemlathe::demo
