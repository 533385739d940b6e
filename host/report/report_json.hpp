#pragma once

#include "host/report/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// report.json, schema stemlathe.report/1; contract section 3. Sections that were not computed are
/// null.
[[nodiscard]] std::string report_json(MasteringReport const& report);

/// The `intake` object alone.
[[nodiscard]] std::string
intake_json(std::string const& verdict, std::vector<Finding> const& findings);

/// The same with `null_vs_reference` as `mix` has it, null where there was nothing to compare: what
/// `check --json` prints.
[[nodiscard]] std::string check_json(
    std::string const& verdict,
    std::vector<Finding> const& findings,
    std::optional<NullReading> const& null_vs_reference
);

} // namespace stemlathe
