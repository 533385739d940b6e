#pragma once

#include "host/masking/masking_reading.hpp"

#include <string>

namespace stemlathe::html {

/// A finding's margin on a scale of all severities: now, after its fix, and the target.
[[nodiscard]] std::string margin_gauge(MaskingFinding const& finding);

} // namespace stemlathe::html
