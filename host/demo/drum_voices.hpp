#pragma once

#include "host/demo/envelope.hpp"
#include "host/demo/noise.hpp"
#include "host/demo/oscillator.hpp"

#include <array>
#include <cstddef>

namespace stemlathe::demo {

/// White noise between two frequencies, 12 dB per octave on both sides, struck like a cymbal.
class NoiseHit {
  public:
    struct Settings {
        double low_hz = 1000.0;
        double high_hz = 12'000.0;
        Pluck::Shape shape{};
    };

    /// @param gain  amplitude that makes noise as loud per hertz as at 48 kHz
    NoiseHit(Settings const& settings, Noise noise, double gain, double rate_hz)
        : noise_(noise), gain_(gain) {
        high_pass_.tune(settings.low_hz, 0.8, rate_hz);
        low_pass_.tune(settings.high_hz, 0.7, rate_hz);
        level_.tune(settings.shape, rate_hz);
    }

    void strike(double velocity) noexcept {
        level_.strike(velocity);
    }

    [[nodiscard]] double next() noexcept {
        double const level = level_.next();
        if (level_.is_silent()) {
            return 0.0;
        }
        return level * low_pass_.next(high_pass_.next(gain_ * noise_.next()).high).low;
    }

  private:
    Noise noise_;
    double gain_;
    StateFilter high_pass_;
    StateFilter low_pass_;
    Pluck level_;
};

/// A skin: a sine that falls in pitch while it dies away. Two take turns, so that a new stroke does
/// not cut the one before.
class Thump {
  public:
    struct Settings {
        double hz = 50.0;       ///< where the pitch comes to rest
        double sweep_hz = 150;  ///< how far above it starts
        double sweep_s = 0.025; ///< how fast it falls, to 1/e
        Pluck::Shape shape{.attack_s = 0.001, .decay_s = 0.1};
    };

    Thump(Settings const& settings, SawTables const& tables, double rate_hz)
        : settings_(settings),
          sine_(tables.sine()),
          rate_hz_(rate_hz),
          sweep_keep_(decay_factor(settings.sweep_s, rate_hz)) {
        for (auto& skin : skins_) {
            skin.level.tune(settings.shape, rate_hz);
            skin.tone.tune(sine_, settings.hz, rate_hz);
        }
    }

    void strike(double velocity) noexcept {
        turn_ = 1 - turn_;
        auto& skin = skins_[turn_];
        skin.level.strike(velocity);
        skin.sweep = 1.0;
        skin.tone.set_phase(0.0);
    }

    [[nodiscard]] double next() noexcept {
        double sum = 0.0;
        for (auto& skin : skins_) {
            double const level = skin.level.next();
            if (!skin.level.is_silent()) {
                skin.tone.tune(sine_, settings_.hz + settings_.sweep_hz * skin.sweep, rate_hz_);
                skin.sweep *= sweep_keep_;
                sum += level * skin.tone.next();
            }
        }
        return sum;
    }

  private:
    struct Skin {
        Oscillator tone;
        Pluck level;
        double sweep = 0.0;
    };

    Settings settings_;
    float const* sine_;
    double rate_hz_;
    double sweep_keep_;
    std::array<Skin, 2> skins_{};
    std::size_t turn_ = 0;
};

} // namespace stemlathe::demo
