#include "formats/jail/sample_scan.hpp"

#include <cmath>
#include <cstring>

namespace stemlathe::formats {

namespace {

template <typename Sample>
double number_at(std::byte const* at, double full_scale) {
    Sample sample{};
    std::memcpy(&sample, at, sizeof(sample));
    return static_cast<double>(sample) / full_scale;
}

double number_of_24_bits(std::byte const* at) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, 3);
    return static_cast<double>(static_cast<std::int32_t>(word << 8U)) / 0x1p31;
}

} // namespace

SampleScan::SampleScan(SampleFormat format, int channels)
    : format_(format),
      sample_bytes_(static_cast<std::size_t>(bytes_per_sample(format))),
      peaks_(static_cast<std::size_t>(channels)) {}

template <typename Read>
void SampleScan::add_as(std::span<std::byte const> packed, Read read) {
    std::size_t const frame_bytes = sample_bytes_ * peaks_.size();
    for (; packed.size() >= frame_bytes; packed = packed.subspan(frame_bytes)) {
        for (std::size_t channel = 0; channel < peaks_.size(); ++channel) {
            double const magnitude = std::abs(read(packed.data() + channel * sample_bytes_));
            if (!std::isfinite(magnitude)) {
                ++bad_samples_;
                first_bad_frame_ = first_bad_frame_.value_or(frames_);
            } else if (magnitude > peaks_[channel]) {
                peaks_[channel] = magnitude;
            }
        }
        ++frames_;
    }
}

void SampleScan::add(std::span<std::byte const> packed) {
    switch (format_) {
    case SampleFormat::pcm_16:
        return add_as(packed, [](auto at) { return number_at<std::int16_t>(at, 0x1p15); });
    case SampleFormat::pcm_24:
        return add_as(packed, number_of_24_bits);
    case SampleFormat::pcm_32:
        return add_as(packed, [](auto at) { return number_at<std::int32_t>(at, 0x1p31); });
    case SampleFormat::float_32:
        return add_as(packed, [](auto at) { return number_at<float>(at, 1.0); });
    case SampleFormat::float_64:
        return add_as(packed, [](auto at) { return number_at<double>(at, 1.0); });
    }
}

} // namespace stemlathe::formats
