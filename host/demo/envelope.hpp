#pragma once

#include "host/demo/filters.hpp"

namespace stemlathe::demo {

/// A level that moves to its target in a straight line.
class Ramp {
  public:
    void go(double target, double seconds, double rate_hz) noexcept {
        left_ = static_cast<int>(std::ceil(seconds * rate_hz));
        step_ = left_ > 0 ? (target - value_) / left_ : 0.0;
        target_ = target;
    }

    [[nodiscard]] double next() noexcept {
        if (left_ > 0) {
            --left_;
            value_ += step_;
        } else {
            value_ = target_;
        }
        return value_;
    }

  private:
    double value_ = 0.0;
    double target_ = 0.0;
    double step_ = 0.0;
    int left_ = 0;
};

/// A struck level: rises in a straight line from wherever it is, then dies away exponentially.
class Pluck {
  public:
    struct Shape {
        double attack_s = 0.001;
        double decay_s = 0.2; ///< to 1/e
    };

    void tune(Shape const& shape, double rate_hz) noexcept {
        attack_frames_ = std::ceil(shape.attack_s * rate_hz);
        keep_ = decay_factor(shape.decay_s, rate_hz);
    }

    void strike(double level) noexcept {
        left_ = static_cast<int>(attack_frames_);
        step_ = (level - value_) / attack_frames_;
    }

    [[nodiscard]] double next() noexcept {
        if (left_ > 0) {
            --left_;
            value_ += step_;
        } else {
            value_ *= keep_;
        }
        return value_;
    }

    [[nodiscard]] double value() const noexcept {
        return value_;
    }

    /// Too quiet to be heard from now on: 100 dB below full scale.
    [[nodiscard]] bool is_silent() const noexcept {
        return left_ == 0 && value_ < 1e-5;
    }

  private:
    double value_ = 0.0;
    double step_ = 0.0;
    double keep_ = 0.0;
    double attack_frames_ = 1.0;
    int left_ = 0;
};

} // namespace stemlathe::demo
