#include "host/pipeline/drive.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stemlathe {

namespace {

/// A master aimed at an end of its hard range must still lie inside after dither and encoding.
constexpr double kRangeMargin_lu = 0.1;

/// Within the budget and at most this far from it counts as the loudest inside it.
constexpr double kBudgetSlack_db = 0.1;

/// More than this is no mastering, whatever the hard range asks for.
constexpr double kReductionMost_db = 24.0;

constexpr int kPassesMax = 16;
constexpr double kStepMax_db = 12.0;

/// What is left to each wish at a drive; the smallest decides. Negative: the wish is overrun.
struct Room {
    double db = std::numeric_limits<double>::infinity();
    DriveBound bound = DriveBound::none;

    void take(double room_db, DriveBound candidate) {
        if (room_db < db) {
            db = room_db;
            bound = candidate;
        }
    }

    /// Where the next step aims, as seen from here: the middle of what counts as met.
    [[nodiscard]] double to_aim_db() const noexcept {
        return bound == DriveBound::budget ? db - kBudgetSlack_db / 2.0 : db;
    }

    [[nodiscard]] bool is_met() const noexcept {
        if (bound == DriveBound::target || bound == DriveBound::hard_range) {
            return std::abs(db) <= kDriveTolerance_lu;
        }
        return db >= 0.0 && db <= kBudgetSlack_db;
    }
};

struct Point {
    double drive_db = 0.0;
    DriveReading reading{};
    Room room{};
};

double clamped_to_range(double target, DriveWish const& wish) {
    if (wish.hard_max_lufs) {
        target = std::min(target, *wish.hard_max_lufs - kRangeMargin_lu);
    }
    if (wish.hard_min_lufs) {
        target = std::max(target, *wish.hard_min_lufs + kRangeMargin_lu);
    }
    return target;
}

class Search {
  public:
    Search(DriveWish const& wish, double target, double budget_db, DriveMeter const& measure)
        : wish_(wish), target_(target), budget_db_(budget_db), measure_(measure) {}

    /// Secant steps, kept between the last drive that was too small and the first too large.
    [[nodiscard]] Point run(double first_db) {
        Point last = at(first_db);
        keep(last);
        std::optional<Point> before;
        for (int pass = 1; pass < kPassesMax && !last.room.is_met(); ++pass) {
            auto const step = next_drive(last, before);
            if (!step) {
                break;
            }
            before = last;
            last = at(*step);
            keep(last);
        }
        return last.room.is_met() || !inside_ ? last : *inside_;
    }

  private:
    [[nodiscard]] Point at(double drive_db) const {
        if (wish_.drive_max_db) {
            drive_db = std::min(drive_db, *wish_.drive_max_db);
        }
        Point point{.drive_db = drive_db, .reading = measure_(drive_db)};
        point.room.take(target_ - point.reading.integrated_lufs, DriveBound::target);
        if (wish_.short_term_max_lufs) {
            auto const room = *wish_.short_term_max_lufs - point.reading.short_term_max_lufs;
            point.room.take(room, DriveBound::short_term);
        }
        if (!wish_.drive_max_db) { // where the gain holds the peaks nothing limits
            auto const room = budget_db_ - point.reading.reduction_p95_db;
            point.room.take(room, DriveBound::budget);
        }
        if (wish_.drive_max_db && point.room.db > 0.0) {
            point.room.take(*wish_.drive_max_db - drive_db, DriveBound::peaks);
        }
        return point;
    }

    void keep(Point const& point) {
        if (point.room.db >= 0.0 && (!inside_ || point.drive_db > inside_->drive_db)) {
            inside_ = point;
        }
        if (point.room.db < 0.0 && point.drive_db < outside_db_) {
            outside_db_ = point.drive_db;
        }
    }

    /// Room falls by at most one dB per dB of drive, so a step by the room never overshoots; the
    /// secant then corrects for the part that the limiter takes away.
    [[nodiscard]] std::optional<double>
    next_drive(Point const& last, std::optional<Point> const& before) const {
        double step = last.room.to_aim_db();
        if (before && before->room.bound == last.room.bound) {
            auto const slope =
                (last.room.db - before->room.db) / (last.drive_db - before->drive_db);
            if (slope < -0.02) {
                step = -last.room.to_aim_db() / slope;
            }
        }
        double next = last.drive_db + std::clamp(step, -kStepMax_db, kStepMax_db);
        double const inside_db = inside_ ? inside_->drive_db : -1e9;
        if (next <= inside_db || next >= outside_db_) {
            if (!inside_ || outside_db_ > 1e8) {
                next = last.drive_db + last.room.to_aim_db();
            } else {
                next = (inside_db + outside_db_) / 2.0;
            }
        }
        if (std::abs(next - last.drive_db) < 1e-6) {
            return std::nullopt;
        }
        return next;
    }

    DriveWish const& wish_;
    double target_;
    double budget_db_;
    DriveMeter const& measure_;
    std::optional<Point> inside_;
    double outside_db_ = 1e9;
};

Drive drive_of(Point const& point, double wish_lufs) {
    return {
        .drive_db = point.drive_db,
        .reading = point.reading,
        .bound = point.room.bound,
        .wish_lufs = wish_lufs,
        .wish_cost_db = point.reading.reduction_p95_db +
                        std::max(wish_lufs - point.reading.integrated_lufs, 0.0)};
}

} // namespace

Drive solve_drive(DriveWish const& wish, double start_lufs, DriveMeter const& measure) {
    bool const is_silent = start_lufs < -200.0;
    if (is_silent || !wish.target_lufs) {
        double const drive_db = std::min(0.0, wish.drive_max_db.value_or(0.0));
        return {
            .drive_db = drive_db,
            .reading = measure(drive_db),
            .bound = drive_db < 0.0 ? DriveBound::peaks : DriveBound::none,
            .wish_lufs = wish.target_lufs.value_or(start_lufs)};
    }
    double const target = clamped_to_range(*wish.target_lufs, wish);
    auto point = Search{wish, target, wish.budget_db, measure}.run(target - start_lufs);
    auto drive = drive_of(point, target);
    bool const below_range =
        wish.hard_min_lufs && point.reading.integrated_lufs < *wish.hard_min_lufs + 0.02;
    if (below_range && point.room.bound == DriveBound::budget) {
        double const least = *wish.hard_min_lufs + kRangeMargin_lu;
        point = Search{wish, least, kReductionMost_db, measure}.run(point.drive_db);
        drive = drive_of(point, target);
        drive.bound = DriveBound::hard_range;
        drive.over_budget = point.reading.reduction_p95_db > wish.budget_db;
    }
    return drive;
}

} // namespace stemlathe
