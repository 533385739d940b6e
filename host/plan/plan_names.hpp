#pragma once

#include "host/model/version.hpp"
#include "kernels/equaliser/equaliser.hpp"
#include "kernels/quantise/quantise.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace stemlathe {

inline constexpr std::string_view kPlanSchema = "stemlathe.plan/1";

inline constexpr std::array<std::pair<EqualiserType, std::string_view>, 8> kEqualiserNames{{
    {EqualiserType::bell, "bell"},
    {EqualiserType::low_shelf, "low-shelf"},
    {EqualiserType::high_shelf, "high-shelf"},
    {EqualiserType::high_pass, "high-pass"},
    {EqualiserType::low_pass, "low-pass"},
    {EqualiserType::notch, "notch"},
    {EqualiserType::tilt, "tilt"},
    {EqualiserType::curve, "curve"},
}};

inline constexpr std::array<std::pair<Dither, std::string_view>, 3> kDitherNames{{
    {Dither::none, "none"},
    {Dither::tpdf, "tpdf"},
    {Dither::shaped, "shaped"},
}};

inline constexpr std::array<std::pair<VersionPeaks, std::string_view>, 2> kPeaksNames{{
    {VersionPeaks::exact, "exact"},
    {VersionPeaks::trim, "trim"},
}};

/// The name of `value` in one of the tables above.
template <typename Value, std::size_t count>
[[nodiscard]] constexpr std::string_view
name_in(std::array<std::pair<Value, std::string_view>, count> const& names, Value value) noexcept {
    for (auto const& [candidate, name] : names) {
        if (candidate == value) {
            return name;
        }
    }
    return {};
}

} // namespace stemlathe
