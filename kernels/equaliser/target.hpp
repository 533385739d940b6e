#pragma once

#include "kernels/equaliser/equaliser.hpp"

#include <vector>

namespace stemlathe::equaliser {

/// The magnitude that a list of bands asks for, prepared for evaluation at many frequencies.
class Target {
  public:
    explicit Target(std::vector<EqualiserBand> const& bands);

    /// Linear magnitude at `hz` >= 0.
    [[nodiscard]] double at(double hz) const noexcept;

  private:
    /// A bell, shelf, pass or notch.
    struct Section {
        EqualiserType type = EqualiserType::bell;
        double hz = 1000.0;
        double a = 1.0; ///< 10^(gain_db / 40)
        double q = 0.7071;
        int order = 2; ///< of passes
    };

    /// A tilt or curve: straight lines between corners, level outside.
    struct Corner {
        double log2_hz = 0.0;
        double gain_db = 0.0;
    };

    using Polyline = std::vector<Corner>;

    [[nodiscard]] static double power(Section const& section, double hz) noexcept;
    [[nodiscard]] static double gain_db(Polyline const& line, double log2_hz) noexcept;

    std::vector<Section> sections_;
    std::vector<Polyline> lines_;
};

} // namespace stemlathe::equaliser
