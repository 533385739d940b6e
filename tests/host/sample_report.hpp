#pragma once

#include "host/report/report.hpp"

namespace stemlathe::test {

/// A report with something in every field, for tests of what reports say: two deliveries, of which
/// cd misses its loudness, one stem without a loudness, and names that want to be escaped.
[[nodiscard]] MasteringReport sample_report();

} // namespace stemlathe::test
