#include "tests/formats/media_files.hpp"

#include "formats/reader.hpp"
#include "tests/support/signals.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>

namespace stemlathe::test {

namespace {

void put(std::vector<std::byte>& bytes, void const* value, std::size_t count) {
    auto const* const first = static_cast<std::byte const*>(value);
    bytes.insert(bytes.end(), first, first + count);
}

/// -1 and the largest value below 1 first, then noise.
double value_at(std::uint64_t index, std::uint64_t seed) {
    if (index < 2) {
        return index == 0 ? -1.0 : std::nextafter(1.0, 0.0);
    }
    return 2.0 * uniform(seed, index) - 1.0;
}

} // namespace

std::vector<std::byte> packed_noise(
    SampleFormat format, int channels, std::int64_t frames, int bit_depth, std::uint64_t seed
) {
    std::vector<std::byte> bytes;
    for (std::int64_t i = 0; i < frames * channels; ++i) {
        double const value = value_at(static_cast<std::uint64_t>(i), seed);
        if (format == SampleFormat::float_32) {
            auto const sample = static_cast<float>(1.5 * value); // floats may exceed full scale
            put(bytes, &sample, sizeof sample);
        } else if (format == SampleFormat::float_64) {
            put(bytes, &value, sizeof value);
        } else {
            auto const whole =
                static_cast<std::int32_t>(std::floor(std::ldexp(value, bit_depth - 1)));
            int const width = 8 * bytes_per_sample(format);
            auto const justified = static_cast<std::uint32_t>(whole)
                                   << static_cast<unsigned>(width - bit_depth);
            put(bytes, &justified, static_cast<std::size_t>(bytes_per_sample(format)));
        }
    }
    return bytes;
}

std::vector<std::byte> packed_sine(int channels, std::int64_t frames, int rate_hz) {
    std::vector<std::byte> bytes;
    for (std::int64_t i = 0; i < frames; ++i) {
        double const phase = 2.0 * std::numbers::pi * 997.0 * static_cast<double>(i) / rate_hz;
        auto const sample = static_cast<float>(0.25 * std::sin(phase));
        for (int channel = 0; channel < channels; ++channel) {
            put(bytes, &sample, sizeof sample);
        }
    }
    return bytes;
}

void write_media(
    std::filesystem::path const& path,
    EncodeSettings settings,
    std::vector<std::byte> const& samples
) {
    auto const frame_bytes =
        static_cast<std::size_t>(settings.channels * bytes_per_sample(settings.input));
    settings.frames_expected = static_cast<std::int64_t>(samples.size() / frame_bytes);
    Writer writer{path, settings};
    std::size_t piece = 1;
    for (std::size_t done = 0; done < samples.size(); piece = piece * 7 + 3) {
        auto const bytes = std::min(samples.size() - done, piece * frame_bytes);
        writer.write(
            {std::span(samples).subspan(done, bytes),
             static_cast<std::int64_t>(bytes / frame_bytes)}
        );
        done += bytes;
    }
    writer.finish();
}

ReadMedia read_media(std::filesystem::path const& path) {
    Reader reader{path};
    ReadMedia media{.info = reader.info()};
    auto const frame_bytes =
        static_cast<std::size_t>(media.info.channels * bytes_per_sample(media.info.packed));
    std::vector<std::byte> block;
    for (std::int64_t piece = 1;; piece = piece * 5 + 2) {
        block.resize(static_cast<std::size_t>(piece) * frame_bytes);
        auto const got = reader.read(block, piece);
        if (got == 0) {
            return media;
        }
        auto const end = block.begin() + static_cast<std::ptrdiff_t>(got) *
                                             static_cast<std::ptrdiff_t>(frame_bytes);
        media.samples.insert(media.samples.end(), block.begin(), end);
    }
}

} // namespace stemlathe::test
