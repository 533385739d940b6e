#include "host/demo/drum_voices.hpp"
#include "host/demo/reverb.hpp"
#include "host/demo/synth.hpp"

#include <cmath>
#include <string_view>

namespace stemlathe::demo {
namespace {

/// A bar in sixteenths: 'x' struck, 'o' struck hard or open, '.' rest.
using Pattern = std::string_view;

constexpr std::array<Pattern, 3> kVerseKick{
    "o.....x.o.......", "o.......o.x.....", "o..x......o....."};
constexpr std::array<Pattern, 3> kChorusKick{
    "o...o...o...o.x.", "o...o..xo...o...", "o..xo...o..xo..."};
constexpr Pattern kBackbeat = "....o.......o...";
constexpr Pattern kFill = "....o...x.x.xxoo";
constexpr Pattern kVerseHat = "x...o...x...x.o.";
constexpr Pattern kChorusHat = "x.o.x.o.x.o.x.o.";
constexpr Pattern kEnding = "o...............";
constexpr Pattern kRest = "................";

enum class Piece : std::uint8_t { kick, snare, closed_hat, open_hat, high_tom, low_tom, crash };

struct Stroke {
    Piece piece = Piece::kick;
    double velocity = 1.0;
};

constexpr double kKickGain = 0.27;
constexpr double kBeaterGain = 0.09;
constexpr double kShellGain = 0.14;
constexpr double kWiresGain = 0.2;
constexpr double kHatGain = 0.09;
constexpr double kTomGain = 0.2;
constexpr double kCrashGain = 0.08;
constexpr double kRoomGain = 0.05;

class Drums : public StemSynth {
  public:
    Drums(Studio const& studio, int stem)
        : StemSynth(studio, stem),
          kick_({.hz = 49.0, .shape = {.attack_s = 0.001, .decay_s = 0.085}}, tables(), rate_hz()),
          shell_(
              {.hz = 186.0, .sweep_hz = 60.0, .shape = {.attack_s = 0.001, .decay_s = 0.06}},
              tables(),
              rate_hz()
          ),
          high_tom_(
              {.hz = 140.0, .sweep_hz = 60.0, .shape = {.attack_s = 0.001, .decay_s = 0.12}},
              tables(),
              rate_hz()
          ),
          low_tom_(
              {.hz = 95.0, .sweep_hz = 50.0, .shape = {.attack_s = 0.001, .decay_s = 0.15}},
              tables(),
              rate_hz()
          ),
          beater_(hit(0, {.low_hz = 1500, .high_hz = 5000, .shape = {.decay_s = 0.006}})),
          wires_(hit(1, {.low_hz = 1100, .high_hz = 8500, .shape = {.decay_s = 0.075}})),
          closed_hat_(hit(2, {.low_hz = 7000, .high_hz = 14'000, .shape = {.decay_s = 0.025}})),
          open_hat_(hit(3, {.low_hz = 6500, .high_hz = 14'000, .shape = {.decay_s = 0.13}})),
          crash_left_(hit(4, {.low_hz = 3000, .high_hz = 12'000, .shape = {0.002, 0.7}})),
          crash_right_(hit(5, {.low_hz = 3300, .high_hz = 12'000, .shape = {0.002, 0.65}})),
          room_({.size_s = 0.021, .decay_s = 0.45, .damp_hz = 6000}, rate_hz()) {}

  private:
    [[nodiscard]] NoiseHit hit(int number, NoiseHit::Settings const& settings) const {
        return {settings, make_noise(number), noise_gain(), rate_hz()};
    }

    void plan_bar(int bar) override {
        bool const chorus = score().is_chorus(bar);
        if (score().is_ending(bar)) {
            add(bar, kEnding, Piece::kick, Piece::kick);
            add(bar, kEnding, Piece::crash, Piece::crash);
            return;
        }
        int const choice = score().dice().choice(Chance::drum_pattern, chorus ? 1 : 0, 3);
        auto const& kicks = chorus ? kChorusKick : kVerseKick;
        add(bar, kicks[static_cast<std::size_t>(choice)], Piece::kick, Piece::kick);
        bool const fill = score().ends_section(bar) && score().section_bars() > 1;
        add(bar, fill ? kFill : kBackbeat, Piece::high_tom, Piece::snare);
        add(bar,
            chorus ? kChorusHat : kVerseHat,
            Piece::closed_hat,
            chorus ? Piece::open_hat : Piece::closed_hat);
        bool const crash = score().starts_section(bar) && (chorus || bar > 0);
        add(bar, crash ? kEnding : kRest, Piece::crash, Piece::crash);
    }

    void add(int bar, Pattern pattern, Piece soft, Piece hard) {
        for (std::size_t step = 0; step < pattern.size(); ++step) {
            if (pattern[step] == '.') {
                continue;
            }
            bool const is_hard = pattern[step] == 'o';
            auto const draw = static_cast<std::int64_t>(step) + 16 * bar;
            double const luck = score().dice().uniform(Chance::velocity, draw);
            bool const last_tom = soft == Piece::high_tom && !is_hard && step >= 12;
            strokes_.add(
                score().time_s(bar, 0.25 * static_cast<double>(step)),
                {is_hard ? hard : (last_tom ? Piece::low_tom : soft),
                 (is_hard ? 1.0 : 0.8) - 0.15 * luck}
            );
        }
    }

    void strike(Stroke const& stroke) {
        switch (stroke.piece) {
        case Piece::kick:
            kick_.strike(kKickGain * stroke.velocity);
            beater_.strike(kBeaterGain * stroke.velocity);
            break;
        case Piece::snare:
            shell_.strike(kShellGain * stroke.velocity);
            wires_.strike(kWiresGain * stroke.velocity);
            break;
        case Piece::closed_hat:
            open_hat_.strike(0.0); // the foot closes it
            closed_hat_.strike(kHatGain * stroke.velocity);
            break;
        case Piece::open_hat:
            open_hat_.strike(kHatGain * stroke.velocity);
            break;
        case Piece::high_tom:
            high_tom_.strike(kTomGain * stroke.velocity);
            break;
        case Piece::low_tom:
            low_tom_.strike(kTomGain * stroke.velocity);
            break;
        case Piece::crash:
            crash_left_.strike(kCrashGain * stroke.velocity);
            crash_right_.strike(kCrashGain * stroke.velocity);
            break;
        }
    }

    void fill(Block& block, double now_s) override {
        strokes_.run_until(now_s, [this](Stroke const& stroke) { strike(stroke); });
        for (auto& frame : block) {
            double const snare = shell_.next() + wires_.next();
            double const hats = closed_hat_.next() + open_hat_.next();
            double const high_tom = high_tom_.next();
            double const low_tom = low_tom_.next();
            double const middle = kick_.next() + beater_.next() + snare;
            auto const room = room_.next(snare + high_tom + low_tom + 0.3 * hats);
            frame.left += middle + 0.6 * hats + 0.9 * high_tom + 0.4 * low_tom +
                          crash_left_.next() + kRoomGain * room.left;
            frame.right += middle + 0.9 * hats + 0.4 * high_tom + 0.9 * low_tom +
                           crash_right_.next() + kRoomGain * room.right;
        }
    }

    Thump kick_;
    Thump shell_;
    Thump high_tom_;
    Thump low_tom_;
    NoiseHit beater_;
    NoiseHit wires_;
    NoiseHit closed_hat_;
    NoiseHit open_hat_;
    NoiseHit crash_left_;
    NoiseHit crash_right_;
    Reverb room_;
    Agenda<Stroke> strokes_;
};

} // namespace

std::unique_ptr<StemSynth> make_drums(Studio const& studio, int stem) {
    return std::make_unique<Drums>(studio, stem);
}

} // namespace stemlathe::demo
