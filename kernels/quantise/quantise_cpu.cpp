#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/pcm/finite_cpu.hpp"
#include "kernels/quantise/pack_cpu.hpp"
#include "kernels/quantise/quantise_math.hpp"
#include "kernels/quantise/shaper_cpu.hpp"

#include <algorithm>
#include <optional>

namespace stemlathe::cpu {

namespace {

void round_plain(std::span<float const> values, float full_scale, std::int32_t* levels) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        levels[i] = quantise::round_with(quantise::in_steps(values[i], full_scale), 0.5F);
    }
}

/// @param sample  2 * frame + channel of the first value; one key must serve all of them
void round_dithered(
    std::span<float const> values,
    float full_scale,
    std::uint64_t seed,
    std::uint64_t sample,
    std::int32_t* levels
) {
    auto const key = quantise::dither_key(seed, sample);
    auto const first = static_cast<std::uint32_t>(sample);
    for (std::size_t i = 0; i < values.size(); ++i) {
        float const shift = quantise::dither_and_half(key, first + static_cast<std::uint32_t>(i));
        levels[i] = quantise::round_with(quantise::in_steps(values[i], full_scale), shift);
    }
}

/// Levels become words of their container. @returns how many had to be clipped
std::int64_t justify(std::span<std::int32_t> levels, std::int32_t full_scale, unsigned shift) {
    std::int32_t clipped = 0;
    for (auto& level : levels) {
        auto const held = quantise::clip(level, full_scale);
        clipped += held != level ? 1 : 0;
        level = static_cast<std::int32_t>(static_cast<std::uint32_t>(held) << shift);
    }
    return clipped;
}

class CpuQuantiser final : public Quantiser {
  public:
    explicit CpuQuantiser(QuantiseSettings const& settings) : settings_(settings) {
        if (settings.dither == Dither::shaped && settings.format != SampleFormat::float_32) {
            shaper_.emplace(settings);
        }
    }

    [[nodiscard]] PackedAudio process(AudioView input) override {
        input.position = position_;
        refuse_not_a_number(input);
        auto const values = static_cast<std::size_t>(input.frames) * kChannels;
        auto const width = static_cast<std::size_t>(bytes_per_sample(settings_.format));
        bytes_.resize(std::max(bytes_.size(), values * width));
        if (settings_.format == SampleFormat::float_32) {
            std::ranges::copy(std::as_bytes(input.values()), bytes_.begin());
        } else {
            for (std::int64_t at = 0; at < input.frames; at += kPartFrames) {
                write(input.slice(at, std::min(kPartFrames, input.frames - at)), at);
            }
        }
        position_ += input.frames;
        return {.bytes = std::span{bytes_}.first(values * width), .frames = input.frames};
    }

    [[nodiscard]] std::int64_t clipped_samples() const override {
        return clipped_samples_;
    }

  private:
    /// Two blocks of the shaper.
    static constexpr std::int64_t kPartFrames = 2 * quantise::kShaperBlockFrames;

    void write(AudioView part, std::int64_t at) {
        levels_.resize(kPartFrames * kChannels);
        auto const levels = std::span{levels_}.first(part.values().size());
        auto const full_scale = std::int32_t{1} << (settings_.bits - 1);
        round(part, static_cast<float>(full_scale), levels.data());
        int const width = bytes_per_sample(settings_.format);
        clipped_samples_ +=
            justify(levels, full_scale, static_cast<unsigned>(8 * width - settings_.bits));
        pack(levels, settings_.format, bytes_.data() + at * kChannels * width);
    }

    void round(AudioView part, float full_scale, std::int32_t* levels) {
        switch (settings_.dither) {
        case Dither::none:
            return round_plain(part.values(), full_scale, levels);
        case Dither::tpdf: {
            auto const sample = static_cast<std::uint64_t>(part.position) * kChannels;
            auto const same_key = std::min<std::uint64_t>(
                part.values().size(), (std::uint64_t{1} << 32U) - (sample & 0xFFFF'FFFFU)
            );
            auto const [first, rest] =
                std::pair{part.values().first(same_key), part.values().subspan(same_key)};
            round_dithered(first, full_scale, settings_.seed, sample, levels);
            return round_dithered(
                rest, full_scale, settings_.seed, sample + same_key, levels + same_key
            );
        }
        case Dither::shaped:
            return shaper_->process(part, levels);
        }
    }

    QuantiseSettings settings_;
    std::optional<Shaper> shaper_;
    std::vector<std::int32_t> levels_;
    std::vector<std::byte> bytes_;
    std::int64_t position_ = 0;
    std::int64_t clipped_samples_ = 0;
};

} // namespace

std::unique_ptr<Quantiser> CpuBackend::make_quantiser(QuantiseSettings const& settings) {
    check_settings(settings);
    return std::make_unique<CpuQuantiser>(settings);
}

} // namespace stemlathe::cpu
