#pragma once

#include <algorithm>
#include <span>

namespace stemlathe {

struct Point {
    double x = 0.0;
    double y = 0.0;
};

/// The value at x of straight lines from point to point; constant beyond both ends.
/// @param points  at least 1, ascending in x
[[nodiscard]] inline double on_straight_lines(std::span<Point const> points, double x) noexcept {
    auto const above = std::ranges::upper_bound(points, x, {}, &Point::x);
    if (above == points.begin()) {
        return points.front().y;
    }
    if (above == points.end()) {
        return points.back().y;
    }
    auto const& low = above[-1];
    return low.y + (above->y - low.y) * (x - low.x) / (above->x - low.x);
}

} // namespace stemlathe
