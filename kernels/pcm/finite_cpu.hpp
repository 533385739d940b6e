#pragma once

#include "kernels/base/audio.hpp"

namespace stemlathe::cpu {

/// @throws Failure{not_a_number} naming the first frame of the view that holds a NaN or Inf
void refuse_not_a_number(AudioView view);

} // namespace stemlathe::cpu
