#include "host/loudness/decode.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace stemlathe {

namespace {

template <typename Sample>
void widen(std::span<std::byte const> bytes, double full_scale, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        Sample value{};
        std::memcpy(&value, bytes.data() + i * sizeof(Sample), sizeof(Sample));
        out[i] = static_cast<double>(value) / full_scale;
    }
}

double from_left_justified(std::uint32_t bits) {
    return static_cast<double>(static_cast<std::int32_t>(bits)) * 0x1p-31;
}

void widen_24(std::span<std::byte const> bytes, std::span<double> out) {
    if (out.empty()) {
        return;
    }
    for (std::size_t i = 0; i + 1 < out.size(); ++i) { // a word at a time, which reads one byte on
        std::uint32_t word = 0;
        std::memcpy(&word, bytes.data() + 3 * i, sizeof(word));
        out[i] = from_left_justified(word << 8U);
    }
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + 3 * (out.size() - 1), 3);
    out.back() = from_left_justified(word << 8U);
}

void widen(std::span<std::byte const> bytes, SampleFormat format, std::span<double> out) {
    switch (format) {
    case SampleFormat::pcm_16:
        return widen<std::int16_t>(bytes, 0x1p15, out);
    case SampleFormat::pcm_24:
        return widen_24(bytes, out);
    case SampleFormat::pcm_32:
        return widen<std::int32_t>(bytes, 0x1p31, out);
    case SampleFormat::float_32:
        return widen<float>(bytes, 1.0, out);
    case SampleFormat::float_64:
        return widen<double>(bytes, 1.0, out);
    }
}

} // namespace

Decoder::Decoder(std::filesystem::path const& path) : path_(path), reader_(path) {
    if (reader_.info().channels > 2) {
        throw Failure{
            Code::unreadable,
            fmt::format(
                "{} has {} channels; loudness is measured of mono and stereo files",
                path.string(),
                reader_.info().channels
            )}
            .about_file(path.string());
    }
}

std::span<double const> Decoder::next(std::int64_t frames) {
    auto const channels = static_cast<std::size_t>(info().channels);
    auto const width = static_cast<std::size_t>(bytes_per_sample(info().packed)) * channels;
    bytes_.resize(static_cast<std::size_t>(frames) * width);
    auto const got = static_cast<std::size_t>(reader_.read(bytes_, frames));
    used_bytes_ = got * width;
    samples_.resize(got * channels);
    widen(bytes(), info().packed, samples_);
    if (info().packed == SampleFormat::float_32 || info().packed == SampleFormat::float_64) {
        refuse_bad_numbers(samples_);
    }
    frame_ += static_cast<std::int64_t>(got);
    return samples_;
}

void Decoder::seek(std::int64_t frame) {
    reader_.seek(frame);
    frame_ = frame;
}

void Decoder::refuse_bad_numbers(std::span<double const> samples) const {
    auto const bad = std::ranges::find_if_not(samples, [](double x) { return std::isfinite(x); });
    if (bad == samples.end()) {
        return;
    }
    auto const frame = frame_ + (bad - samples.begin()) / info().channels;
    throw Failure{
        Code::not_a_number,
        fmt::format(
            "{} holds a sample that is not a number at {:.6f} s (frame {}); render it again",
            path_.string(),
            static_cast<double>(frame) / info().rate_hz,
            frame
        )}
        .about_file(path_.string());
}

} // namespace stemlathe
