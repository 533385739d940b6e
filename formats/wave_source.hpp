#pragma once

#include "formats/file.hpp"
#include "formats/media.hpp"
#include "formats/wave_header.hpp"

#include <cstdint>
#include <span>

/// Private to formats/.
namespace stemlathe::formats {

/// WAV, RF64, BW64 and W64 with little-endian PCM or float: the bytes of the file are the samples.
class WaveSource {
  public:
    WaveSource(File file, WaveHeader const& header);

    [[nodiscard]] MediaInfo const& info() const noexcept {
        return info_;
    }

    [[nodiscard]] File const& file() const noexcept {
        return file_;
    }

    [[nodiscard]] std::int64_t
    read(std::span<std::byte> into, std::int64_t first, std::int64_t frames) const;

  private:
    File file_;
    WaveHeader header_;
    MediaInfo info_;
};

/// Adds what the metadata chunks of a wave file say.
void add_wave_metadata(File const& file, WaveHeader const& header, MediaInfo& info);

} // namespace stemlathe::formats
