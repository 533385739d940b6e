#include "kernels/base/assert.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/pcm/finite_cpu.hpp"
#include "kernels/pcm/pcm_math.hpp"

#include <algorithm>
#include <type_traits>

namespace stemlathe::cpu {

namespace {

template <SampleFormat kFormat>
void unpack(std::byte const* bytes, int channels, std::int64_t frames, float* samples) {
    constexpr auto kStep = bytes_per_sample(kFormat);
    if (channels == 1) {
        for (std::int64_t n = 0; n < frames; ++n) {
            float const value = pcm::sample_at<kFormat>(bytes + n * kStep);
            samples[2 * n] = value;
            samples[2 * n + 1] = value;
        }
        return;
    }
    for (std::int64_t i = 0; i < frames * kChannels; ++i) {
        samples[i] = pcm::sample_at<kFormat>(bytes + i * kStep);
    }
}

void unpack(UnpackSettings const& settings, PackedAudio packed, float* samples) {
    auto const run = [&]<SampleFormat kFormat>(std::integral_constant<SampleFormat, kFormat>) {
        unpack<kFormat>(packed.bytes.data(), settings.channels, packed.frames, samples);
    };
    switch (settings.format) {
    case SampleFormat::pcm_16:
        return run(std::integral_constant<SampleFormat, SampleFormat::pcm_16>{});
    case SampleFormat::pcm_24:
        return run(std::integral_constant<SampleFormat, SampleFormat::pcm_24>{});
    case SampleFormat::pcm_32:
        return run(std::integral_constant<SampleFormat, SampleFormat::pcm_32>{});
    case SampleFormat::float_32:
        return run(std::integral_constant<SampleFormat, SampleFormat::float_32>{});
    case SampleFormat::float_64:
        return run(std::integral_constant<SampleFormat, SampleFormat::float_64>{});
    }
}

class CpuUnpacker final : public Unpacker {
  public:
    explicit CpuUnpacker(UnpackSettings const& settings) : settings_(settings) {}

    [[nodiscard]] AudioView process(PackedAudio packed) override {
        STEMLATHE_ASSERT(
            static_cast<std::int64_t>(packed.bytes.size()) ==
            packed.frames * settings_.channels * bytes_per_sample(settings_.format)
        );
        reserve(audio_, packed.frames);
        auto const view = audio_.view(packed.frames, position_);
        unpack(settings_, packed, view.samples);
        if (pcm::is_float(settings_.format)) {
            refuse_not_a_number(view);
        }
        position_ += packed.frames;
        return view;
    }

  private:
    UnpackSettings settings_;
    AudioBuffer audio_;
    std::int64_t position_ = 0;
};

} // namespace

void refuse_not_a_number(AudioView view) {
    std::uint32_t highest = 0; // of all magnitudes as integers, which sort like the floats
    for (std::int64_t i = 0; i < view.frames * kChannels; ++i) {
        highest =
            std::max(highest, std::bit_cast<std::uint32_t>(view.samples[i]) & pcm::kMagnitudeBits);
    }
    if (highest < pcm::kInfinityBits) {
        return;
    }
    for (std::int64_t n = 0; n < view.frames; ++n) {
        float const left = view.samples[2 * n];
        float const right = view.samples[2 * n + 1];
        if (!pcm::is_finite(left) || !pcm::is_finite(right)) {
            throw not_a_number(view.position + n, left, right);
        }
    }
}

std::unique_ptr<Unpacker> CpuBackend::make_unpacker(UnpackSettings const& settings) {
    check_settings(settings);
    return std::make_unique<CpuUnpacker>(settings);
}

} // namespace stemlathe::cpu
