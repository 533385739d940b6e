#include "host/masking/goals.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace stemlathe {

namespace {

constexpr BandGoal kOrdinary{.priority = 0.4, .margin_db = 3.0};
constexpr BandGoal kBed{.priority = 0.1, .margin_db = 0.0};
constexpr BandGoal kForeground{.priority = 1.0, .margin_db = 6.0};
constexpr BandGoal kFundamental{.priority = 0.8, .margin_db = 4.0};
/// A kick gets its moment from a bass that has all the rest of the bar.
constexpr BandGoal kStroke{.priority = 0.85, .margin_db = 4.0};
constexpr double kStroke_db = 12.0;

MaskingGoal goal_of(Role role) {
    switch (role) {
    case Role::vocals:
        return {.low = {.priority = 0.7, .margin_db = 3.0}, .high = kForeground};
    case Role::drums:
        return {.low = kStroke, .high = kStroke, .range_db = kStroke_db};
    case Role::bass: // its partials colour it; its notes are heard by their fundamentals
        return {.low = kFundamental, .high = kBed};
    case Role::fx:
        return {.low = kBed, .high = kBed};
    case Role::instruments:
    case Role::other:
        break;
    }
    return {.low = kOrdinary, .high = kOrdinary};
}

bool says_any(std::string const& label, auto const& words) {
    return std::ranges::any_of(words, [&](std::string_view word) {
        return label.find(word) != std::string::npos;
    });
}

} // namespace

MaskingGoal masking_goal(Stem const& stem) {
    static constexpr std::array<std::string_view, 2> kLeadWords{"lead", "solo"};
    static constexpr std::array<std::string_view, 5> kBackingWords{
        "backing", "bvox", "bgv", "choir", "harmon"};
    static constexpr std::array<std::string_view, 3> kBedWords{"pad", "ambien", "atmo"};
    std::string label = stem.file;
    std::ranges::transform(label, label.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    auto goal = goal_of(stem.role);
    if (stem.role == Role::vocals && says_any(label, kBackingWords)) {
        goal = {.low = kOrdinary, .high = {.priority = 0.6, .margin_db = 3.0}};
    } else if (stem.role == Role::instruments || stem.role == Role::other) {
        if (says_any(label, kLeadWords)) {
            goal = {.low = kOrdinary, .high = {.priority = 0.7, .margin_db = 6.0}};
        } else if (says_any(label, kBedWords)) {
            goal = {.low = kBed, .high = kBed};
        }
    }
    for (auto* const band : {&goal.low, &goal.high}) {
        band->priority = std::clamp(band->priority + 0.2 * stem.priority, 0.1, 1.4);
    }
    return goal;
}

std::vector<std::vector<BandGoal>>
goals_by_band(std::span<MaskingGoal const> goals, std::span<double const> bands_hz) {
    std::vector<std::vector<BandGoal>> out;
    for (auto const& goal : goals) {
        auto& of_stem = out.emplace_back();
        for (double const hz : bands_hz) {
            of_stem.push_back(goal.at(hz));
        }
    }
    return out;
}

BandGoal const& MaskingGoal::at(double hz) const noexcept {
    return hz <= kLowGoal_hz ? low : high;
}

} // namespace stemlathe
