#pragma once

#include <string_view>

namespace stemlathe {

/// Checks a setting. `name` is what the user calls it, such as "dynamics: ratio".
/// @throws Failure{invalid_plan} value is not in low .. high (NaN is not)
void require_in_range(std::string_view name, double value, double low, double high);

} // namespace stemlathe
