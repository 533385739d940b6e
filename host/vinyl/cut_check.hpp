#pragma once

#include <optional>
#include <string>

namespace stemlathe {

/// What one check of a cutting room found on a delivered vinyl file.
struct CutCheck {
    /// bass_width, bass_correlation, sibilance, correlation, side_length
    std::string code{};
    bool passed = true;
    std::optional<double> measured = std::nullopt; ///< nullopt: nothing there to measure
    double limit = 0.0;
    std::string unit{};
    std::optional<double> at_s = std::nullopt; ///< where the measured value lies
    std::string message{};
};

} // namespace stemlathe
