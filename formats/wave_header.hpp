#pragma once

#include "formats/bytes.hpp"
#include "formats/file.hpp"
#include "formats/media.hpp"

#include <cstdint>
#include <optional>

/// The header of WAV, RF64, BW64 and W64 files, read by our own code: libsndfile accepts truncated
/// files without a word, and these are the files that untrusted people upload most. Private to
/// formats/.
namespace stemlathe::formats {

/// Bytes of a file.
struct Range {
    std::int64_t offset = 0;
    std::int64_t bytes = 0;
};

inline constexpr unsigned kWavePcm = 1;
inline constexpr unsigned kWaveFloat = 3;
inline constexpr unsigned kWaveALaw = 6;
inline constexpr unsigned kWaveMuLaw = 7;
inline constexpr unsigned kWaveExtensible = 0xFFFE;

struct WaveHeader {
    Container container = Container::wav; ///< wav, rf64 or w64
    unsigned format_tag = 0;              ///< kWavePcm, ...; never kWaveExtensible
    int channels = 0;
    int rate_hz = 0;
    int frame_bytes = 0;
    int bit_depth = 0; ///< valid bits per sample
    Range data;        ///< whole frames only
    bool streaming = false;
    Range bext; ///< these are empty where there is no such chunk
    Range info; ///< LIST/INFO without the word INFO
    Range axml;
    /// Set where the samples need no decoding.
    std::optional<SampleFormat> raw;

    [[nodiscard]] std::int64_t frames() const noexcept {
        return data.bytes / frame_bytes;
    }
};

/// Reads and checks the header against the size of the file.
/// @throws MediaFailure damaged, truncated, empty, or a codec that is not supported
[[nodiscard]] WaveHeader read_wave_header(File const& file);

/// The content of a metadata chunk, at most 1 MiB of it; empty where there is none.
[[nodiscard]] Bytes read_chunk(File const& file, Range chunk);

/// @throws MediaFailure{truncated} if frames are missing, with a sentence that says how many
/// seconds
void require_frames(
    File const& file, std::int64_t claimed_frames, std::int64_t present_frames, double rate_hz
);

} // namespace stemlathe::formats
