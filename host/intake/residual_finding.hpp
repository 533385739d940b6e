#pragma once

#include "host/intake/null_diagnosis.hpp"
#include "host/model/session.hpp"

#include <optional>

namespace stemlathe {

/// What is left of the reference mix when every stem has its place, polarity and gain; nothing
/// where it passes.
[[nodiscard]] std::optional<Finding>
residual_finding(NullDiagnosis const& diagnosis, NullContext const& context);

} // namespace stemlathe
