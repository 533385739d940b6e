#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace stemlathe {

/// How one sample lies in a byte stream. All little-endian; `pcm_32` left-justified (24-bit audio
/// << 8).
enum class SampleFormat : std::uint8_t { pcm_16, pcm_24, pcm_32, float_32, float_64 };

[[nodiscard]] constexpr int bytes_per_sample(SampleFormat format) noexcept {
    switch (format) {
    case SampleFormat::pcm_16:
        return 2;
    case SampleFormat::pcm_24:
        return 3;
    case SampleFormat::pcm_32:
    case SampleFormat::float_32:
        return 4;
    case SampleFormat::float_64:
        return 8;
    }
    return 0;
}

/// "pcm_24", ... as reports and manifests spell it.
[[nodiscard]] constexpr std::string_view name_of(SampleFormat format) noexcept {
    switch (format) {
    case SampleFormat::pcm_16:
        return "pcm_16";
    case SampleFormat::pcm_24:
        return "pcm_24";
    case SampleFormat::pcm_32:
        return "pcm_32";
    case SampleFormat::float_32:
        return "float_32";
    case SampleFormat::float_64:
        return "float_64";
    }
    return "";
}

/// Borrowed packed audio in host memory, interleaved, 1 or 2 channels.
struct PackedAudio {
    std::span<std::byte const> bytes;
    std::int64_t frames = 0;
};

} // namespace stemlathe
