#pragma once

#include "kernels/base/pcm_format.hpp"
#include "tests/support/signals.hpp"

#include <filesystem>

namespace stemlathe::test {

/// Writes 32-bit float WAV, so that nothing is rounded on the way.
void write_wav(std::filesystem::path const& path, Signal const& signal, int rate_hz);

/// The same with one channel, the left one.
void write_mono_wav(std::filesystem::path const& path, Signal const& signal, int rate_hz);

/// Packed samples as they are.
void write_packed_wav(
    std::filesystem::path const& path,
    PackedAudio audio,
    SampleFormat format,
    int rate_hz,
    int channels
);

} // namespace stemlathe::test
