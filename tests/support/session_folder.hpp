#pragma once

#include "tests/support/signals.hpp"

#include <filesystem>
#include <string>

namespace stemlathe::test {

/// Writes a stereo signal as a 32-bit float WAV; its folders are made.
void write_stem(std::filesystem::path const& file, Signal const& signal, int rate_hz);

/// The same as 24-bit PCM without dither, as most customers send it.
void write_stem_24(std::filesystem::path const& file, Signal const& signal, int rate_hz);

/// Left channel of the signal as a mono file.
void write_mono_stem(std::filesystem::path const& file, Signal const& signal, int rate_hz);

/// A whole WAV or FLAC file as stereo float32, exact for up to 24 bits.
[[nodiscard]] Signal read_audio(std::filesystem::path const& file);

/// A small song of five stems in `folder`: drums, bass, voice, chords and an effect, made of
/// bursts, sines and noise; quiet first half, loud second half. 24-bit.
void write_session(std::filesystem::path const& folder, double seconds, int rate_hz);

} // namespace stemlathe::test
