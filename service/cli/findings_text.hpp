#pragma once

#include "host/pipeline/check_session.hpp"

#include <string>

namespace stemlathe::service {

/// What intake says, for people: one line where nothing is wrong, else a line per refusal and
/// warning. Notes are only named.
[[nodiscard]] std::string findings_text(IntakeReading const& reading, bool colour);

} // namespace stemlathe::service
