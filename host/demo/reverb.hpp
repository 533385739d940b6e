#pragma once

#include "host/demo/filters.hpp"
#include "host/demo/synth.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace stemlathe::demo {

/// A line that gives back what it was given a fixed number of frames ago.
class DelayLine {
  public:
    explicit DelayLine(std::size_t frames) : values_(frames, 0.0) {}

    [[nodiscard]] double oldest() const noexcept {
        return values_[place_];
    }

    void push(double value) noexcept {
        values_[place_] = value;
        place_ = place_ + 1 == values_.size() ? 0 : place_ + 1;
    }

  private:
    std::vector<double> values_;
    std::size_t place_ = 0;
};

/// A small stereo room: four delay lines fed back through a Householder matrix. Source: Jot &
/// Chaigne, AES 90th convention, 1991, with a first-order damping filter in each line.
class Reverb {
  public:
    struct Settings {
        double size_s = 0.04;  ///< mean delay of the lines
        double decay_s = 1.2;  ///< to -60 dB
        double damp_hz = 5000; ///< highs die sooner from here on
    };

    Reverb(Settings const& settings, double rate_hz);

    [[nodiscard]] StereoSample next(double input) noexcept;

  private:
    static constexpr std::size_t kLines = 4;
    std::vector<DelayLine> lines_;
    std::array<Smoother, kLines> damping_{};
    std::array<double, kLines> gain_{};
};

} // namespace stemlathe::demo
