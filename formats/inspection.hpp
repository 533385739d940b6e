#pragma once

#include "formats/file.hpp"
#include "formats/media.hpp"
#include "formats/wave_header.hpp"

#include <optional>

/// What our own code says of a file before a third-party decoder sees a byte of it. Private to
/// formats/.
namespace stemlathe::formats {

struct Inspection {
    Container container = Container::wav;
    std::optional<WaveHeader> wave{}; ///< of WAV, RF64 and W64
    bool streaming = false;           ///< CAF: the header has no length

    /// True where the bytes of the file are the samples, so that nothing needs decoding.
    [[nodiscard]] bool is_raw() const noexcept {
        return wave && wave->raw;
    }
};

/// @throws MediaFailure empty, not audio, not among `kinds`, damaged, truncated
[[nodiscard]] Inspection inspect(File const& file, AudioKinds kinds);

/// Adds to what a decoder said what the inspection knows better.
/// @throws MediaFailure the two contradict each other
void complete(MediaInfo& info, Inspection const& inspection, File const& file);

/// Sample rates from 8 to 384 kHz, 1 to 64 channels.
/// @throws MediaFailure{unreadable}
void require_rate_and_channels(MediaInfo const& info, std::filesystem::path const& path);

/// What may come out of a decoder: at most 6 hours and 16 GiB of samples, so that a small file
/// cannot fill a machine.
/// @throws MediaFailure{unreadable}
void require_budget(MediaInfo const& info, std::filesystem::path const& path);

} // namespace stemlathe::formats
