#pragma once

#include "kernels/base/pcm_format.hpp"

#include <cstddef>
#include <span>

namespace stemlathe {

/// Packed frames as one channel after the other, full scale 1.0; exact for integers of up to 24
/// bits, the nearest float32 beyond.
/// @param packed  interleaved, little-endian
/// @param left    room for every frame; decides how many there are
/// @param right   the same, or empty for mono
void to_planar(
    std::span<std::byte const> packed,
    SampleFormat format,
    std::span<float> left,
    std::span<float> right
);

} // namespace stemlathe
