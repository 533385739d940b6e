#pragma once

#include "host/model/session.hpp"

#include <string>
#include <vector>

namespace stemlathe {

/// Puts stems whose files start at different times of day (TimeReference of the bext chunk, EBU
/// Tech 3285 section 2.3) where they belong, counted from the earliest, and says so. Stems with an
/// offset of their own in session.toml keep it; files without a time reference start at 0.
/// @param longest_s  a session that would get longer is left as it is, which is said too
void align_by_time_references(Session& session, double longest_s);

/// Takes that back, because the audio says that it was wrong.
void ignore_time_references(Session& session);

} // namespace stemlathe
