#pragma once

#include "host/report/report.hpp"

namespace stemlathe::test {

/// A song of three minutes as an engineer would get it back: five stems, thirteen masking findings
/// with pictures and fixes, maps of 600 columns by 75 bands, pairs and comments, all of it made up
/// but of the size, restlessness and proportions of real ones. One name wants to be escaped.
[[nodiscard]] MasteringReport sample_report_with_masking();

} // namespace stemlathe::test
