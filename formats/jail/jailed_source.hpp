#pragma once

#include "formats/file.hpp"
#include "formats/jail/decoder_process.hpp"
#include "formats/media.hpp"

#include <cstdint>
#include <memory>
#include <span>

/// Private to formats/.
namespace stemlathe::formats {

/// Everything that needs decoding, decoded in a locked process of its own.
class JailedSource {
  public:
    /// `container` was identified and checked by our own code.
    /// @throws as DecoderProcess; MediaFailure the file is refused
    JailedSource(File file, Container container, DecoderSettings const& settings);

    [[nodiscard]] MediaInfo const& info() const noexcept {
        return info_;
    }

    [[nodiscard]] MediaInfo& info() noexcept {
        return info_;
    }

    [[nodiscard]] File const& file() const noexcept {
        return file_;
    }

    /// @returns frames decoded; fewer than asked only at the end
    /// @throws MediaFailure{unreadable} the decoder refused, died, hung or lied
    [[nodiscard]] std::int64_t
    read(std::span<std::byte> into, std::int64_t first, std::int64_t frames);

  private:
    File file_;
    std::unique_ptr<DecoderProcess> decoder_;
    MediaInfo info_;
};

} // namespace stemlathe::formats
