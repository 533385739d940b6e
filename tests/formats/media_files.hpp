#pragma once

#include "formats/media.hpp"
#include "formats/writer.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace stemlathe::test {

/// Packed noise over the whole range of the format, extremes included. `bit_depth` below the
/// format's own leaves the low bits zero (left-justified, as Writer takes it).
[[nodiscard]] std::vector<std::byte> packed_noise(
    SampleFormat format, int channels, std::int64_t frames, int bit_depth, std::uint64_t seed = 1
);

/// A quiet sine as float_32, for lossy codecs.
[[nodiscard]] std::vector<std::byte>
packed_sine(int channels, std::int64_t frames, int rate_hz = 48'000);

/// Writes all of `samples` in uneven pieces; frames_expected is set from them.
void write_media(
    std::filesystem::path const& path,
    EncodeSettings settings,
    std::vector<std::byte> const& samples
);

struct ReadMedia {
    MediaInfo info{};
    std::vector<std::byte> samples{};
};

/// Reads everything, in uneven pieces.
[[nodiscard]] ReadMedia read_media(std::filesystem::path const& path);

} // namespace stemlathe::test
