#include "tests/support/session_folder.hpp"

#include "formats/reader.hpp"
#include "formats/writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <stdexcept>

namespace stemlathe::test {

namespace {

void write(
    std::filesystem::path const& file,
    std::span<std::byte const> bytes,
    std::int64_t frames,
    EncodeSettings settings
) {
    std::filesystem::create_directories(file.parent_path());
    settings.frames_expected = frames;
    Writer writer{file, settings};
    writer.write({.bytes = bytes, .frames = frames});
    writer.finish();
}

std::int64_t frames_of(Signal const& signal) {
    return static_cast<std::int64_t>(signal.size()) / 2;
}

std::int32_t whole(std::byte const* bytes, int count) {
    std::int32_t value = 0;
    std::memcpy(
        reinterpret_cast<char*>(&value) + (4 - count), bytes, static_cast<std::size_t>(count)
    );
    return value; // left-justified
}

double sample(std::byte const* bytes, SampleFormat format) {
    if (format == SampleFormat::float_32) {
        float value = 0.0F;
        std::memcpy(&value, bytes, sizeof value);
        return static_cast<double>(value);
    }
    if (format == SampleFormat::float_64) {
        double value = 0.0;
        std::memcpy(&value, bytes, sizeof value);
        return value;
    }
    return static_cast<double>(whole(bytes, bytes_per_sample(format))) / 2147483648.0;
}

/// Half as loud up to the middle, so that loudness and multiband have something to tell apart.
Signal shaped(Signal signal) {
    for (std::size_t i = 0; i < signal.size() / 2; ++i) {
        signal[i] *= 0.5F;
    }
    return signal;
}

} // namespace

void write_stem(std::filesystem::path const& file, Signal const& signal, int rate_hz) {
    write(
        file,
        std::as_bytes(std::span{signal}),
        frames_of(signal),
        {.input = SampleFormat::float_32, .bit_depth = 32, .rate_hz = rate_hz}
    );
}

void write_stem_24(std::filesystem::path const& file, Signal const& signal, int rate_hz) {
    std::vector<std::byte> bytes;
    bytes.reserve(signal.size() * 3);
    for (float const value : signal) {
        auto const rounded =
            std::clamp(std::llround(static_cast<double>(value) * 8388608.0), -8388608LL, 8388607LL);
        for (int shift = 0; shift < 24; shift += 8) {
            bytes.push_back(static_cast<std::byte>((rounded >> shift) & 0xFF));
        }
    }
    write(
        file,
        bytes,
        frames_of(signal),
        {.input = SampleFormat::pcm_24, .bit_depth = 24, .rate_hz = rate_hz}
    );
}

void write_mono_stem(std::filesystem::path const& file, Signal const& signal, int rate_hz) {
    std::vector<float> left;
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        left.push_back(signal[i]);
    }
    write(
        file,
        std::as_bytes(std::span{left}),
        frames_of(signal),
        {.input = SampleFormat::float_32, .bit_depth = 32, .rate_hz = rate_hz, .channels = 1}
    );
}

Signal read_audio(std::filesystem::path const& file) {
    Reader reader{file};
    auto const& info = reader.info();
    if (info.channels != 2) {
        throw std::runtime_error{file.string() + " is not stereo"};
    }
    auto const size = static_cast<std::size_t>(bytes_per_sample(info.packed));
    std::vector<std::byte> bytes(static_cast<std::size_t>(info.frames) * 2 * size);
    auto const got = reader.read(bytes, info.frames);
    Signal signal(static_cast<std::size_t>(got) * 2);
    for (std::size_t i = 0; i < signal.size(); ++i) {
        signal[i] = static_cast<float>(sample(bytes.data() + i * size, info.packed));
    }
    return signal;
}

void write_session(std::filesystem::path const& folder, double seconds, int rate_hz) {
    auto const frames = std::llround(seconds * rate_hz);
    auto const tone = [&](double hz, double level_dbfs) {
        return shaped(
            sine({.hz = hz, .level_dbfs = level_dbfs, .seconds = seconds, .rate_hz = rate_hz})
        );
    };
    write_stem_24(
        folder / "01_Drums.wav",
        bursts({.level_dbfs = -30.0, .frames = frames, .seed = 11}),
        rate_hz
    );
    write_stem_24(folder / "02_Bass.wav", tone(55.0, -14.0), rate_hz);
    write_stem_24(
        folder / "03_Vocals.wav",
        shaped(pink_noise({.level_dbfs = -22.0, .frames = frames, .seed = 3})),
        rate_hz
    );
    write_stem_24(folder / "04_Instruments.wav", tone(1320.0, -24.0), rate_hz);
    write_stem_24(
        folder / "05_FX.wav",
        white_noise({.level_dbfs = -45.0, .frames = frames, .seed = 5}),
        rate_hz
    );
}

} // namespace stemlathe::test
