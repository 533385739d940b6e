#pragma once

#include "host/model/session.hpp"

#include <boost/json/array.hpp>

#include <vector>

namespace stemlathe {

/// Intake findings as reports and the service write them; contract section 3.
[[nodiscard]] boost::json::array finding_objects(std::vector<Finding> const& findings);

} // namespace stemlathe
