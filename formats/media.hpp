#pragma once

#include "kernels/base/failure.hpp"
#include "kernels/base/pcm_format.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace stemlathe {

/// The kinds of file this program reads or writes. `wav` includes Broadcast Wave, `rf64` includes
/// BW64, `aiff` includes AIFF-C.
enum class Container : std::uint8_t { wav, rf64, w64, aiff, caf, flac, ogg, mp3 };

/// Which files a caller takes: a stem or a mix must be lossless (no Ogg, no MP3).
enum class AudioKinds : std::uint8_t { any, lossless };

/// "WAV", "RF64", "W64", "AIFF", "CAF", "FLAC", "Ogg", "MP3", as reports spell it.
[[nodiscard]] std::string_view name_of(Container container) noexcept;

[[nodiscard]] constexpr bool is_lossy(Container container) noexcept {
    return container == Container::ogg || container == Container::mp3;
}

/// What a file says about itself, after its claims were checked against its size.
struct MediaInfo {
    Container container = Container::wav;
    std::string codec{}; ///< "pcm_24", "float_32", "flac", "vorbis", "opus", "mp3", ...
    int rate_hz = 0;
    int channels = 0;
    std::int64_t frames = 0;
    int bit_depth = 0;     ///< bits per sample as stored; 0 for lossy codecs, which have none
    bool is_float = false; ///< the samples are stored as floating point
    SampleFormat packed = SampleFormat::pcm_24; ///< what Reader delivers
    bool streaming_header = false; ///< the header has no true length; the file's size was used
    bool wrong_content = false;    ///< the content is another container than the name promises
    /// Position of the first frame, counted from midnight at this file's rate (bext).
    std::optional<std::int64_t> time_reference_frames;
    std::optional<std::string> origination_date{}; ///< yyyy-mm-dd (bext)
    std::optional<std::string> title{};            ///< UTF-8, as are the next two
    std::optional<std::string> artist{};
    std::optional<std::string> isrc{};

    [[nodiscard]] bool is_lossless() const noexcept {
        return bit_depth > 0;
    }

    [[nodiscard]] double duration_s() const noexcept {
        return rate_hz > 0 ? static_cast<double>(frames) / rate_hz : 0.0;
    }
};

/// Why a file is not audio that can be used; intake turns each into its own finding.
enum class MediaFault : std::uint8_t {
    unreadable, ///< damaged, or a kind that is not supported
    empty,      ///< no bytes or no frames
    truncated,  ///< shorter than its own header says
};

/// A Failure{unreadable} that also says in which way.
class MediaFailure : public Failure {
  public:
    MediaFailure(MediaFault fault, std::filesystem::path const& path, std::string const& sentence);

    [[nodiscard]] MediaFault fault() const noexcept {
        return fault_;
    }

  private:
    MediaFault fault_;
};

} // namespace stemlathe
