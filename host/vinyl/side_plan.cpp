#include "host/vinyl/side_plan.hpp"

#include "kernels/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stemlathe {

namespace {

std::vector<SideFormat> all_formats() {
    return {
        {.name = "12in-33",
         .what = "12-inch side at 33 1/3",
         .recommended_min = 19.5,
         .maximum_min = 23.0,
         .levels = {{20.0, 0.0}, {24.0, -3.0}, {28.0, -6.0}}},
        {.name = "12in-45",
         .what = "12-inch side at 45",
         .recommended_min = 12.0,
         .maximum_min = 14.5,
         .levels = {{10.5, 3.0}, {13.5, 0.0}, {16.0, -3.0}}},
        {.name = "10in-33",
         .what = "10-inch side at 33 1/3",
         .recommended_min = 13.0,
         .maximum_min = 13.5,
         .levels = {{13.0, 0.0}, {17.0, -3.0}, {19.0, -6.0}}},
        {.name = "10in-45",
         .what = "10-inch side at 45",
         .recommended_min = 10.0,
         .maximum_min = 10.0},
        {.name = "7in-33",
         .what = "7-inch side at 33 1/3",
         .recommended_min = 20.0 / 3.0,
         .maximum_min = 7.0},
        {.name = "7in-45",
         .what = "7-inch side at 45",
         .recommended_min = 5.0,
         .maximum_min = 5.0,
         .levels = {{4.0, 3.0}, {5.0, 0.0}, {6.0, -3.0}}},
    };
}

} // namespace

std::span<SideFormat const> side_formats() {
    static auto const formats = all_formats();
    return formats;
}

std::vector<std::string_view> side_format_names() {
    std::vector<std::string_view> names;
    for (auto const& format : side_formats()) {
        names.push_back(format.name);
    }
    return names;
}

SideFormat const& side_format_named(std::string_view name) {
    auto const formats = side_formats();
    auto const found = std::ranges::find(formats, name, &SideFormat::name);
    STEMLATHE_ASSERT(found != formats.end());
    return *found;
}

std::optional<double> cut_level_db(SideFormat const& format, double minutes) {
    auto const& levels = format.levels;
    if (levels.empty()) {
        return std::nullopt;
    }
    if (minutes <= levels.front().minutes) {
        return levels.front().level_db;
    }
    std::size_t right = 1;
    while (right + 1 < levels.size() && minutes > levels[right].minutes) {
        ++right;
    }
    auto const& a = levels[right - 1];
    auto const& b = levels[right];
    return std::lerp(a.level_db, b.level_db, (minutes - a.minutes) / (b.minutes - a.minutes));
}

} // namespace stemlathe
