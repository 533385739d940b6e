#pragma once

#include "host/report/report.hpp"

#include <string>

namespace stemlathe {

/// report.html: one self-contained page that opens from disk without network; pictures are inline
/// SVG drawn from the report's own numbers.
[[nodiscard]] std::string report_html(MasteringReport const& report);

} // namespace stemlathe
