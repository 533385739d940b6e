#pragma once

#include <functional>
#include <optional>

namespace stemlathe {

/// What a delivery wants of its loudness. Order of precedence, contract section 4: true peak (held
/// by whoever renders), the hard range and the short-term limit, the budget, the target.
struct DriveWish {
    std::optional<double> target_lufs = std::nullopt; ///< nullopt: the gain stays 0
    std::optional<double> hard_min_lufs = std::nullopt;
    std::optional<double> hard_max_lufs = std::nullopt;
    std::optional<double> short_term_max_lufs = std::nullopt;
    double budget_db = 6.0;                            ///< 95th percentile of the gain reduction
    std::optional<double> drive_max_db = std::nullopt; ///< where peaks are held by the gain alone
};

/// What a render at one drive gives.
struct DriveReading {
    double integrated_lufs = 0.0;
    double short_term_max_lufs = 0.0;
    double reduction_p95_db = 0.0;
};

/// What stopped the drive from being larger.
enum class DriveBound { none, target, hard_range, short_term, budget, peaks };

struct Drive {
    double drive_db = 0.0;
    DriveReading reading{};
    DriveBound bound = DriveBound::none;
    double wish_lufs = 0.0;    ///< the target after the hard range had its say
    double wish_cost_db = 0.0; ///< about the gain reduction (95th percentile) the wish takes
    bool over_budget = false;  ///< the hard range demanded more than the budget
};

using DriveMeter = std::function<DriveReading(double drive_db)>;

/// Loudness is met to within this; a delivery's own tolerance is 0.1 LU.
inline constexpr double kDriveTolerance_lu = 0.05;

/// The largest drive that keeps every wish; safeguarded secant over `measure`, which renders or
/// computes. `measure` must be monotone: more drive is never quieter and never limits less.
/// @param start_lufs  loudness at drive 0; a silent song (below -200) gets drive 0
[[nodiscard]] Drive
solve_drive(DriveWish const& wish, double start_lufs, DriveMeter const& measure);

} // namespace stemlathe
