#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace stemlathe {

/// What one side of a record holds. Levels are those of a cut against the usual one (0 dB); the
/// groove of a quieter side lies closer. Sources: cutting rooms' tables for the standard groove
/// (lossenderosstudio.com) and plants' maximum lengths (pressingbusiness.co); IEC 60098 has no
/// lengths.
struct SideFormat {
    struct Point {
        double minutes = 0.0;
        double level_db = 0.0;
    };

    std::string_view name{}; ///< "12in-33"
    std::string_view what{}; ///< "12-inch, 33 1/3 rpm"
    double recommended_min = 0.0;
    double maximum_min = 0.0;
    std::vector<Point> levels{}; ///< by length, rising; empty: nobody publishes any
};

inline constexpr std::string_view kUsualSideFormat = "12in-33";

[[nodiscard]] std::span<SideFormat const> side_formats();

[[nodiscard]] std::vector<std::string_view> side_format_names();

/// @param name  one of `side_format_names`
[[nodiscard]] SideFormat const& side_format_named(std::string_view name);

/// The level that a side of `minutes` can be cut at, dB against the usual one: a straight line
/// between the published lengths, never above the first and beyond the last along its last slope.
/// nullopt: nothing is published for the format.
[[nodiscard]] std::optional<double> cut_level_db(SideFormat const& format, double minutes);

} // namespace stemlathe
