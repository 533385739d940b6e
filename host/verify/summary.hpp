#pragma once

#include "host/verify/verify_folder.hpp"

namespace stemlathe {

/// Draws the verdicts and the sentence from what was found.
void summarise(Verification& verification);

} // namespace stemlathe
