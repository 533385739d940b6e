#pragma once

#include "kernels/base/pcm_format.hpp"

#include <cstdint>
#include <span>

namespace stemlathe::cpu {

/// The lowest bytes of each word, little-endian, one after the other.
/// @param into  words.size() * bytes_per_sample(format) bytes; an integer format
void pack(std::span<std::int32_t const> words, SampleFormat format, std::byte* into);

} // namespace stemlathe::cpu
