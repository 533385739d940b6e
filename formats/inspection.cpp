#include "formats/inspection.hpp"

#include "formats/container_check.hpp"
#include "formats/wave_source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::formats {

namespace {

constexpr int kRateMin_hz = 8'000;
constexpr int kRateMax_hz = 384'000;
constexpr int kChannelsMax = 64;
constexpr std::int64_t kDurationMax_h = 6;
constexpr std::int64_t kDecodedBytesMax = 16LL << 30U;

} // namespace

Inspection inspect(File const& file, AudioKinds kinds) {
    if (file.size() == 0) {
        throw MediaFailure(MediaFault::empty, file.path(), "is empty (0 bytes)");
    }
    auto const container = identified(file);
    if (!container) {
        throw MediaFailure(
            MediaFault::unreadable,
            file.path(),
            "is not an audio file of a known kind (WAV, RF64, W64, AIFF, CAF, FLAC, Ogg, MP3)"
        );
    }
    if (kinds == AudioKinds::lossless && is_lossy(*container)) {
        throw MediaFailure(
            MediaFault::unreadable,
            file.path(),
            fmt::format(
                "is {} inside, which loses sound; please export WAV, AIFF, CAF or FLAC",
                name_of(*container)
            )
        );
    }
    Inspection inspection{.container = *container};
    if (*container == Container::wav || *container == Container::rf64 ||
        *container == Container::w64) {
        inspection.wave = read_wave_header(file);
        inspection.container = inspection.wave->container;
    } else if (*container == Container::aiff) {
        check_aiff(file);
    } else if (*container == Container::caf) {
        inspection.streaming = check_caf(file);
    }
    return inspection;
}

void complete(MediaInfo& info, Inspection const& inspection, File const& file) {
    if (!inspection.wave) {
        info.streaming_header = inspection.streaming;
        return;
    }
    require_frames(file, inspection.wave->frames(), info.frames, info.rate_hz);
    info.streaming_header = inspection.wave->streaming;
    add_wave_metadata(file, *inspection.wave, info);
}

void require_rate_and_channels(MediaInfo const& info, std::filesystem::path const& path) {
    if (info.rate_hz < kRateMin_hz || info.rate_hz > kRateMax_hz) {
        throw MediaFailure(
            MediaFault::unreadable,
            path,
            fmt::format(
                "says its sample rate is {} Hz; it must be {} to {} Hz",
                info.rate_hz,
                kRateMin_hz,
                kRateMax_hz
            )
        );
    }
    if (info.channels < 1 || info.channels > kChannelsMax) {
        throw MediaFailure(
            MediaFault::unreadable,
            path,
            fmt::format("says it has {} channels; it must be 1 to {}", info.channels, kChannelsMax)
        );
    }
}

void require_budget(MediaInfo const& info, std::filesystem::path const& path) {
    require_rate_and_channels(info, path);
    std::int64_t const hours_of_frames = kDurationMax_h * 3'600 * info.rate_hz;
    std::int64_t const frame_bytes = info.channels * bytes_per_sample(info.packed);
    if (info.frames > std::min(hours_of_frames, kDecodedBytesMax / frame_bytes)) {
        throw MediaFailure(
            MediaFault::unreadable,
            path,
            fmt::format(
                "says it holds {:.1f} hours of audio in {} channels; at most {} hours and {} GiB "
                "are decoded",
                info.duration_s() / 3'600.0,
                info.channels,
                kDurationMax_h,
                kDecodedBytesMax >> 30U
            )
        );
    }
}

} // namespace stemlathe::formats
