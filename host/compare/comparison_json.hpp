#pragma once

#include "host/compare/compare.hpp"

#include <boost/json/object.hpp>

namespace stemlathe {

/// As `stemlathe compare --json` prints it (contract section 3).
[[nodiscard]] boost::json::object comparison_json(Comparison const& comparison);

} // namespace stemlathe
