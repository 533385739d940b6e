#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/pcm/finite_cuda.cuh"
#include "kernels/quantise/quantise_math.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe::cuda {

namespace {

/// How a level becomes a word of its container.
struct Container {
    std::int32_t full_scale = 0; ///< steps
    unsigned shift = 0;          ///< left
    unsigned long long* clipped = nullptr;
};

__device__ std::int32_t word_of(std::int32_t level, Container const& container) {
    auto const held = quantise::clip(level, container.full_scale);
    if (held != level) {
        atomicAdd(container.clipped, 1ULL);
    }
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(held) << container.shift);
}

__global__ void
round_kernel(float const* values, std::int64_t count, Container container, std::int32_t* words) {
    auto const full_scale = static_cast<float>(container.full_scale);
    for (auto i = first_index(); i < count; i += grid_size()) {
        auto const steps = quantise::in_steps(values[i], full_scale);
        words[i] = word_of(quantise::round_with(steps, 0.5F), container);
    }
}

/// @param first  2 * frame of the first value
__global__ void dither_kernel(
    float const* values,
    std::int64_t count,
    std::uint64_t first,
    std::uint64_t seed,
    Container container,
    std::int32_t* words
) {
    auto const full_scale = static_cast<float>(container.full_scale);
    for (auto i = first_index(); i < count; i += grid_size()) {
        auto const sample = first + static_cast<std::uint64_t>(i);
        auto const shift = quantise::dither_and_half(
            quantise::dither_key(seed, sample), static_cast<std::uint32_t>(sample)
        );
        auto const steps = quantise::in_steps(values[i], full_scale);
        words[i] = word_of(quantise::round_with(steps, shift), container);
    }
}

struct ShaperArguments {
    double feedback[kShaperTaps] = {};
    std::uint64_t seed = 0;
    std::int64_t position = 0;         ///< frame of the song that the input starts with
    std::int64_t frames = 0;           ///< of the input
    double const* errors_in = nullptr; ///< [kShaperTaps][2], newest first, before the input
    double* errors_out = nullptr;      ///< and after it
};

/// One thread per block of the shaper and channel: blocks do not depend on each other.
/// @param items  2 * blocks that the input touches
__global__ void shape_kernel(
    float const* values,
    std::int64_t items,
    ShaperArguments shaper,
    Container container,
    std::int32_t* words
) {
    constexpr auto kBlock = quantise::kShaperBlockFrames;
    auto const end = shaper.position + shaper.frames;
    for (auto item = first_index(); item < items; item += grid_size()) {
        auto const channel = item % kChannels;
        auto const block_start = (shaper.position / kBlock + item / kChannels) * kBlock;
        double errors[kShaperTaps] = {};
        if (block_start < shaper.position) {
            for (int k = 0; k < kShaperTaps; ++k) {
                errors[k] = shaper.errors_in[k * kChannels + channel];
            }
        }
        auto const key =
            quantise::dither_key(shaper.seed, static_cast<std::uint64_t>(block_start) * kChannels);
        auto const stop = min(block_start + kBlock, end);
        for (auto n = max(block_start, shaper.position); n < stop; ++n) {
            auto const i = (n - shaper.position) * kChannels + channel;
            auto const sample = static_cast<std::uint32_t>(n * kChannels + channel);
            double value = quantise::in_steps(values[i], static_cast<float>(container.full_scale));
#pragma unroll
            for (int k = kShaperTaps - 1; k >= 0; --k) {
                value = quantise::feed_back(value, shaper.feedback[k], errors[k]);
            }
            double const rounded =
                floor(value + static_cast<double>(quantise::dither_and_half(key, sample)));
#pragma unroll
            for (int k = kShaperTaps - 1; k > 0; --k) {
                errors[k] = errors[k - 1];
            }
            errors[0] = value - rounded;
            words[i] = word_of(static_cast<std::int32_t>(rounded), container);
        }
        if (stop == end) {
            for (int k = 0; k < kShaperTaps; ++k) {
                shaper.errors_out[k * kChannels + channel] = errors[k];
            }
        }
    }
}

__global__ void pack_16_kernel(std::int32_t const* words, std::int64_t frames, ushort2* into) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        into[n] = {
            static_cast<unsigned short>(words[2 * n]),
            static_cast<unsigned short>(words[2 * n + 1])};
    }
}

/// Four words become three of 32 bits. @param groups  ceil(count / 4)
__global__ void pack_24_kernel(
    std::int32_t const* words, std::int64_t count, std::int64_t groups, std::uint32_t* into
) {
    for (auto group = first_index(); group < groups; group += grid_size()) {
        std::uint32_t word[4] = {};
        for (int i = 0; i < 4; ++i) {
            if (4 * group + i < count) {
                word[i] = static_cast<std::uint32_t>(words[4 * group + i]) & 0xFF'FFFFU;
            }
        }
        into[3 * group] = word[0] | word[1] << 24U;
        into[3 * group + 1] = word[1] >> 8U | word[2] << 16U;
        into[3 * group + 2] = word[2] >> 16U | word[3] << 8U;
    }
}

class CudaQuantiser final : public Quantiser {
  public:
    explicit CudaQuantiser(QuantiseSettings const& settings) : settings_(settings) {
        fill_zero(clipped_.data(), 1);
        if (settings.format == SampleFormat::float_32) {
            return;
        }
        container_ = {
            .full_scale = std::int32_t{1} << (settings.bits - 1),
            .shift = static_cast<unsigned>(8 * bytes_per_sample(settings.format) - settings.bits),
            .clipped = clipped_.data()};
        if (settings.dither == Dither::shaped) {
            std::ranges::copy(design_shaper(settings.rate_hz), shaper_.feedback);
            shaper_.seed = settings.seed;
            fill_zero(errors_in_.data(), errors_in_.capacity());
            fill_zero(errors_out_.data(), errors_out_.capacity());
        }
    }

    [[nodiscard]] PackedAudio process(AudioView input) override {
        input.position = position_;
        finite_.refuse_not_a_number(input);
        auto const values = input.frames * kChannels;
        auto const bytes = values * bytes_per_sample(settings_.format);
        host_.reserve(bytes);
        if (settings_.format == SampleFormat::float_32) {
            cuda::copy(host_.data(), reinterpret_cast<std::byte const*>(input.samples), bytes);
        } else {
            words_.reserve(values);
            round(input, words_.data());
            cuda::copy(host_.data(), pack(values), bytes);
        }
        copy(clipped_samples_.data(), clipped_.data(), 1);
        synchronise();
        position_ += input.frames;
        return {.bytes = {host_.data(), static_cast<std::size_t>(bytes)}, .frames = input.frames};
    }

    [[nodiscard]] std::int64_t clipped_samples() const override {
        return position_ == 0 ? 0 : static_cast<std::int64_t>(*clipped_samples_.data());
    }

  private:
    void round(AudioView input, std::int32_t* words) {
        auto const values = input.frames * kChannels;
        switch (settings_.dither) {
        case Dither::none:
            launch(round_kernel, values, input.samples, values, container_, words);
            break;
        case Dither::tpdf:
            launch(
                dither_kernel,
                values,
                input.samples,
                values,
                static_cast<std::uint64_t>(position_) * kChannels,
                settings_.seed,
                container_,
                words
            );
            break;
        case Dither::shaped:
            shape(input, words);
            break;
        }
    }

    void shape(AudioView input, std::int32_t* words) {
        if (input.frames == 0) {
            return; // the errors stay where they are
        }
        constexpr auto kBlock = quantise::kShaperBlockFrames;
        auto const blocks = (position_ + input.frames + kBlock - 1) / kBlock - position_ / kBlock;
        shaper_.position = position_;
        shaper_.frames = input.frames;
        shaper_.errors_in = errors_in_.data();
        shaper_.errors_out = errors_out_.data();
        auto const items = blocks * kChannels;
        // Warps of their own for each 32 items: they run for long and are to spread over the card.
        constexpr int kThreads = 32;
        launch_grid(
            shape_kernel,
            blocks_for(items, kThreads),
            kThreads,
            input.samples,
            items,
            shaper_,
            container_,
            words
        );
        std::swap(errors_in_, errors_out_);
    }

    /// @returns the bytes of all words, in the card's memory
    std::byte const* pack(std::int64_t values) {
        auto const groups = (values + 3) / 4;
        switch (bytes_per_sample(settings_.format)) {
        case 2:
            packed_.reserve(values / 2);
            launch(
                pack_16_kernel,
                values / 2,
                words_.data(),
                values / 2,
                reinterpret_cast<ushort2*>(packed_.data())
            );
            return reinterpret_cast<std::byte const*>(packed_.data());
        case 3:
            packed_.reserve(3 * groups);
            launch(pack_24_kernel, groups, words_.data(), values, groups, packed_.data());
            return reinterpret_cast<std::byte const*>(packed_.data());
        default:
            return reinterpret_cast<std::byte const*>(words_.data());
        }
    }

    QuantiseSettings settings_;
    Container container_;
    ShaperArguments shaper_;
    FiniteCheck finite_;
    DeviceBuffer<unsigned long long> clipped_{1};
    PinnedBuffer<unsigned long long> clipped_samples_{1};
    DeviceBuffer<double> errors_in_{kShaperTaps * kChannels};
    DeviceBuffer<double> errors_out_{kShaperTaps * kChannels};
    DeviceBuffer<std::int32_t> words_;
    DeviceBuffer<std::uint32_t> packed_;
    PinnedBuffer<std::byte> host_;
    std::int64_t position_ = 0;
};

} // namespace

std::unique_ptr<Quantiser> CudaBackend::make_quantiser(QuantiseSettings const& settings) {
    check_settings(settings);
    return std::make_unique<CudaQuantiser>(settings);
}

} // namespace stemlathe::cuda
