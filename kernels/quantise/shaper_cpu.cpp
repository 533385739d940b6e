#include "kernels/quantise/shaper_cpu.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

constexpr std::int64_t kBlock = quantise::kShaperBlockFrames;
constexpr int kStretch = 512; ///< frames whose dither and errors fit the nearest cache

/// Lane l holds channel l % 2 of block l / 2.
template <int kLanes>
struct Stretch {
    std::array<std::array<double, kLanes>, kStretch> steps;
    std::array<std::array<double, kLanes>, kStretch> shifts;
    std::array<std::array<double, kLanes>, kStretch> rounded;
    std::array<std::array<double, kLanes>, kStretch + kShaperTaps> errors;
};

template <int kLanes>
void shape_stretch(
    Stretch<kLanes>& stretch, std::array<double, kShaperTaps> const& feedback, int frames
) {
    auto error = stretch.errors[kShaperTaps - 1]; // the newest stays in a register
    for (int n = 0; n < frames; ++n) {
        auto value = stretch.steps[static_cast<std::size_t>(n)];
        for (int k = kShaperTaps; k >= 2; --k) {
            auto const& older = stretch.errors[static_cast<std::size_t>(n + kShaperTaps - k)];
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                value[lane] = quantise::feed_back(
                    value[lane], feedback[static_cast<std::size_t>(k - 1)], older[lane]
                );
            }
        }
        auto& rounded = stretch.rounded[static_cast<std::size_t>(n)];
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            value[lane] = quantise::feed_back(value[lane], feedback[0], error[lane]);
            rounded[lane] =
                std::floor(value[lane] + stretch.shifts[static_cast<std::size_t>(n)][lane]);
            error[lane] = value[lane] - rounded[lane];
        }
        stretch.errors[static_cast<std::size_t>(n + kShaperTaps)] = error;
    }
}

} // namespace

Shaper::Shaper(QuantiseSettings const& settings)
    : feedback_(design_shaper(settings.rate_hz)),
      seed_(settings.seed),
      full_scale_(static_cast<float>(1 << (settings.bits - 1))) {}

void Shaper::process(AudioView input, std::int32_t* levels) {
    std::int64_t done = 0;
    while (done < input.frames) {
        auto const to_boundary = kBlock - position_ % kBlock;
        auto const left = input.frames - done;
        auto const* const samples = input.samples + done * kChannels;
        auto* const into = levels + done * kChannels;
        if (to_boundary == kBlock && left >= 2 * kBlock) {
            shape<2>(samples, kBlock, into);
            done += 2 * kBlock;
        } else {
            auto const frames = std::min(to_boundary, left);
            shape<1>(samples, frames, into);
            done += frames;
        }
    }
}

/// `frames` frames of each of kBlocks blocks; they lie one after the other.
template <int kBlocks>
void Shaper::shape(float const* samples, std::int64_t frames, std::int32_t* levels) {
    constexpr std::size_t kLanes = kBlocks * kChannels;
    if (position_ % kBlock == 0) {
        errors_ = {};
    }
    Stretch<kLanes> stretch;
    for (std::size_t k = 0; k < kShaperTaps; ++k) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            stretch.errors[k][lane] = errors_[k][lane % kChannels];
        }
    }
    for (std::int64_t at = 0; at < frames; at += kStretch) {
        auto const count = static_cast<int>(std::min<std::int64_t>(kStretch, frames - at));
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            auto const first = static_cast<std::int64_t>(lane / kChannels) * frames + at;
            auto const channel = static_cast<std::int64_t>(lane % kChannels);
            // 2^32 samples share a key, and so do those of one block.
            auto const start = static_cast<std::uint64_t>(2 * (position_ + first) + channel);
            auto const key = quantise::dither_key(seed_, start);
            for (int n = 0; n < count; ++n) {
                auto const i = 2 * (first + n) + channel;
                auto const sample =
                    static_cast<std::uint32_t>(start) + 2U * static_cast<std::uint32_t>(n);
                auto const row = static_cast<std::size_t>(n);
                stretch.steps[row][lane] =
                    static_cast<double>(quantise::in_steps(samples[i], full_scale_));
                stretch.shifts[row][lane] =
                    static_cast<double>(quantise::dither_and_half(key, sample));
            }
        }
        shape_stretch<kLanes>(stretch, feedback_, count);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            auto const first = static_cast<std::int64_t>(lane / kChannels) * frames + at;
            for (int n = 0; n < count; ++n) {
                levels[2 * (first + n) + static_cast<std::int64_t>(lane % kChannels)] =
                    static_cast<std::int32_t>(stretch.rounded[static_cast<std::size_t>(n)][lane]);
            }
        }
        std::copy_n(stretch.errors.begin() + count, kShaperTaps, stretch.errors.begin());
    }
    for (std::size_t k = 0; k < kShaperTaps; ++k) {
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            errors_[k][channel] = stretch.errors[k][kLanes - kChannels + channel];
        }
    }
    position_ += kBlocks * frames;
}

} // namespace stemlathe::cpu
