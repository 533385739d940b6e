#pragma once

#include "formats/file.hpp"
#include "formats/media.hpp"
#include "formats/sndfile.hpp"

#include <cstdint>
#include <span>

/// Private to formats/.
namespace stemlathe::formats {

/// Everything that needs decoding: AIFF, CAF, FLAC, Ogg, MP3 and 8-bit or A-law WAV. Lives in the
/// decoder's process alone (formats/jail).
class SndfileSource {
  public:
    /// `container` was identified and checked by our own code.
    SndfileSource(File file, Container container);

    [[nodiscard]] MediaInfo const& info() const noexcept {
        return info_;
    }

    [[nodiscard]] MediaInfo& info() noexcept {
        return info_;
    }

    [[nodiscard]] File const& file() const noexcept {
        return file_;
    }

    /// @param into  aligned as doubles are
    /// @returns frames decoded; fewer than asked only at the end
    /// @throws MediaFailure{unreadable} `first` cannot be reached
    [[nodiscard]] std::int64_t
    read(std::span<std::byte> into, std::int64_t first, std::int64_t frames);

  private:
    void require_last_frame();
    [[nodiscard]] std::int64_t read_on(std::span<std::byte> into, std::int64_t frames);

    File file_;
    SndfileHandle handle_;
    MediaInfo info_;
    std::int64_t position_ = 0;
};

} // namespace stemlathe::formats
