#pragma once

#include "host/model/session.hpp"

#include <vector>

namespace stemlathe {

/// Stems at another rate than the session's: `sample_rate_mismatch`, or `sample_rate_wrong` where
/// the number of frames says that the header names the wrong rate. That is so where a stem of ten
/// seconds or more has, to the frame, as many frames as one at the session's rate, or where two or
/// more stems agree on a number of frames of which it has 147/160 or 160/147 (44.1 to 48 kHz).
/// @param session  its rate is known
[[nodiscard]] std::vector<Finding> rate_findings(Session const& session);

} // namespace stemlathe
