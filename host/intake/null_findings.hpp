#pragma once

#include "host/intake/null_diagnosis.hpp"
#include "host/model/session.hpp"

#include <vector>

namespace stemlathe {

/// What a diagnosis comes to, in sentences for the artist. Nothing where the stems null.
[[nodiscard]] std::vector<Finding>
null_findings(NullDiagnosis const& diagnosis, NullContext const& context);

/// What the report says in figures.
[[nodiscard]] NullReading null_reading(NullDiagnosis const& diagnosis);

} // namespace stemlathe
