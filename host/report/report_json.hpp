#pragma once

#include "host/report/report.hpp"

#include <string>

namespace stemlathe {

/// report.json, schema stemlathe.report/1; contract section 3. Sections that were not computed are
/// null.
[[nodiscard]] std::string report_json(MasteringReport const& report);

/// The `intake` object alone, as `check --json` prints it.
[[nodiscard]] std::string
intake_json(std::string const& verdict, std::vector<Finding> const& findings);

} // namespace stemlathe
