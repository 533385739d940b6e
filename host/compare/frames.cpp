#include "host/compare/frames.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace stemlathe {

namespace {

template <typename Value>
Value value_at(std::byte const* bytes) noexcept {
    Value value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

/// Little-endian integers over their full scale, or floats as they are.
float sample_at(std::byte const* bytes, SampleFormat format) noexcept {
    switch (format) {
    case SampleFormat::pcm_16:
        return static_cast<float>(value_at<std::int16_t>(bytes)) * 0x1p-15F;
    case SampleFormat::pcm_24: {
        auto const low = static_cast<std::uint32_t>(value_at<std::uint16_t>(bytes));
        auto const high = std::to_integer<std::uint32_t>(bytes[2]);
        return static_cast<float>(static_cast<std::int32_t>((high << 24U) | (low << 8U))) *
               0x1p-31F;
    }
    case SampleFormat::pcm_32:
        return static_cast<float>(value_at<std::int32_t>(bytes)) * 0x1p-31F;
    case SampleFormat::float_32:
        return value_at<float>(bytes);
    case SampleFormat::float_64:
        return static_cast<float>(value_at<double>(bytes));
    }
    return 0.0F;
}

} // namespace

FrameSource::FrameSource(std::filesystem::path const& path) : file_(path.string()), reader_(path) {}

void FrameSource::read(std::int64_t first_frame, std::span<float> into) {
    std::fill(into.begin(), into.end(), 0.0F);
    auto const wanted = static_cast<std::int64_t>(into.size() / 2);
    auto const from = std::max<std::int64_t>(first_frame, 0);
    auto const to = std::min(first_frame + wanted, info().frames);
    if (from >= to) {
        return;
    }
    if (position_ != from) {
        reader_.seek(from);
        position_ = from;
    }
    auto const channels = static_cast<std::size_t>(info().channels);
    auto const sample_bytes = static_cast<std::size_t>(bytes_per_sample(info().packed));
    packed_.resize(static_cast<std::size_t>(to - from) * channels * sample_bytes);
    auto const got = reader_.read(packed_, to - from);
    position_ += got;
    float* out = into.data() + 2 * (from - first_frame);
    for (std::size_t frame = 0; frame < static_cast<std::size_t>(got); ++frame) {
        auto const* left = packed_.data() + frame * channels * sample_bytes;
        out[2 * frame] = sample_at(left, info().packed);
        out[2 * frame + 1] = sample_at(left + (channels - 1) * sample_bytes, info().packed);
        if (!std::isfinite(out[2 * frame]) || !std::isfinite(out[2 * frame + 1])) {
            double const moment_s =
                static_cast<double>(from + static_cast<std::int64_t>(frame)) / info().rate_hz;
            throw Failure{
                Code::not_a_number,
                fmt::format("{} holds a sample that is no number at {:.3f} s", file_, moment_s)}
                .about_file(file_);
        }
    }
}

} // namespace stemlathe
