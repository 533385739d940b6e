#pragma once

#include "host/model/session.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// What a stem may expect of the others in a range of frequencies. Values are conventions of
/// mixing, not measurements.
struct BandGoal {
    /// 0.1 .. 1.4: of two stems in each other's way the one with less gives way.
    double priority = 0.4;
    double margin_db = 3.0; ///< margin over the masked threshold that it should have

    friend bool operator==(BandGoal const&, BandGoal const&) = default;
};

struct MaskingGoal {
    BandGoal low{}; ///< up to kLowGoal_hz, where the fundamentals of kick and bass lie
    BandGoal high{};
    /// How far under its usual loud level it still counts as playing, dB: the tail of a stroke is
    /// not missed when it is covered, the end of a word is.
    double range_db = 30.0;

    [[nodiscard]] BandGoal const& at(double hz) const noexcept;
};

inline constexpr double kLowGoal_hz = 250.0;

/// [goals][bands]
[[nodiscard]] std::vector<std::vector<BandGoal>>
goals_by_band(std::span<MaskingGoal const> goals, std::span<double const> bands_hz);

/// From role and label; each step of `priority` in session.toml counts 0.2.
[[nodiscard]] MaskingGoal masking_goal(Stem const& stem);

} // namespace stemlathe
