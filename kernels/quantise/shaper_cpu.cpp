#include "kernels/quantise/shaper_cpu.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

constexpr std::int64_t kBlock = quantise::kShaperBlockFrames;
constexpr int kStretch = 512; ///< frames whose dither and errors fit the nearest cache

/// What goes into the recursion and what comes out of it, block by block, interleaved as in audio.
template <std::size_t kBlocks>
struct Stretch {
    std::array<std::array<float, kStretch * kChannels>, kBlocks> steps;
    std::array<std::array<float, kStretch * kChannels>, kBlocks> shifts;
    std::array<std::array<double, kStretch * kChannels>, kBlocks> levels;
    /// Lane l holds channel l % 2 of block l / 2; the first rows are the last of the stretch
    /// before.
    std::array<std::array<double, kBlocks * kChannels>, kStretch + kShaperTaps> errors;
};

template <std::size_t kBlocks>
void shape_stretch(
    Stretch<kBlocks>& stretch, std::array<double, kShaperTaps> const& feedback, std::size_t frames
) {
    constexpr std::size_t kLanes = kBlocks * kChannels;
    auto error = stretch.errors[kShaperTaps - 1]; // the newest stays in a register
    for (std::size_t n = 0; n < frames; ++n) {
        std::array<double, kLanes> value;
        std::array<double, kLanes> shift;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            auto const i = n * kChannels + lane % kChannels;
            value[lane] = static_cast<double>(stretch.steps[lane / kChannels][i]);
            shift[lane] = static_cast<double>(stretch.shifts[lane / kChannels][i]);
        }
        for (std::size_t k = kShaperTaps; k >= 2; --k) {
            auto const& older = stretch.errors[n + kShaperTaps - k];
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                value[lane] = quantise::feed_back(value[lane], feedback[k - 1], older[lane]);
            }
        }
        std::array<double, kLanes> level;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            value[lane] = quantise::feed_back(value[lane], feedback[0], error[lane]);
            level[lane] = std::floor(value[lane] + shift[lane]);
            error[lane] = value[lane] - level[lane];
        }
        stretch.errors[n + kShaperTaps] = error;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            stretch.levels[lane / kChannels][n * kChannels + lane % kChannels] = level[lane];
        }
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
    Stretch<kBlocks> stretch;
    for (std::size_t k = 0; k < kShaperTaps; ++k) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            stretch.errors[k][lane] = errors_[k][lane % kChannels];
        }
    }
    for (std::int64_t at = 0; at < frames; at += kStretch) {
        auto const count = std::min<std::int64_t>(kStretch, frames - at);
        for (std::size_t block = 0; block < kBlocks; ++block) {
            auto const first = static_cast<std::int64_t>(block) * frames + at;
            prepare(
                samples + first * kChannels,
                count * kChannels,
                static_cast<std::uint64_t>(position_ + first) * kChannels,
                stretch.steps[block].data(),
                stretch.shifts[block].data()
            );
        }
        shape_stretch(stretch, feedback_, static_cast<std::size_t>(count));
        for (std::size_t block = 0; block < kBlocks; ++block) {
            auto const first = static_cast<std::int64_t>(block) * frames + at;
            for (std::int64_t i = 0; i < count * kChannels; ++i) {
                levels[first * kChannels + i] =
                    static_cast<std::int32_t>(stretch.levels[block][static_cast<std::size_t>(i)]);
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

/// @param sample  2 * frame of the first value; 2^32 of them share a key, and so do those of a
/// block
void Shaper::prepare(
    float const* values, std::int64_t count, std::uint64_t sample, float* steps, float* shifts
) const {
    auto const key = quantise::dither_key(seed_, sample);
    auto const first = static_cast<std::uint32_t>(sample);
    for (std::int64_t i = 0; i < count; ++i) {
        steps[i] = quantise::in_steps(values[i], full_scale_);
        shifts[i] = quantise::dither_and_half(key, first + static_cast<std::uint32_t>(i));
    }
}

} // namespace stemlathe::cpu
