#pragma once

#include "host/model/session.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// Blocks begin at multiples of this many frames from the first that was told.
inline constexpr std::int64_t kBlockFrames = 1024;

/// How many frames before a block a check can still see.
inline constexpr std::int64_t kHistoryFrames = 4096;

/// One channel of a block, and what nearly every check wants to know of it first.
struct ChannelBlock {
    std::span<float const> samples{};
    std::span<float const> before{}; ///< what lies directly before them; less at the start
    float least = 0.0F;
    float most = 0.0F;
    double sum = 0.0;
    double energy = 0.0; ///< sum of squares

    [[nodiscard]] float peak() const noexcept {
        return std::max(-least, most);
    }

    /// The sample `frame` frames from the block's start; negative where it lies before it.
    [[nodiscard]] float at(std::int64_t frame) const noexcept {
        return samples.data()[frame];
    }
};

/// A block of a stem; only the last may be shorter than kBlockFrames.
struct Block {
    std::span<ChannelBlock const> channels{}; ///< one or two
    std::int64_t first_frame = 0;             ///< of the file
    double difference_energy = 0.0;           ///< sum of (left - right)^2; 0 for mono

    [[nodiscard]] std::int64_t frames() const noexcept {
        return std::ssize(channels.front().samples);
    }

    /// How many frames can be seen before it.
    [[nodiscard]] std::int64_t history() const noexcept {
        return std::ssize(channels.front().before);
    }

    [[nodiscard]] float peak() const noexcept {
        return std::max(channels.front().peak(), channels.back().peak());
    }

    /// Mean over all samples of all channels.
    [[nodiscard]] double rms() const noexcept {
        double energy = 0.0;
        for (auto const& channel : channels) {
            energy += channel.energy;
        }
        return std::sqrt(energy / static_cast<double>(frames() * std::ssize(channels)));
    }
};

/// Which frames of the file a check was told: [first, end).
struct Extent {
    std::int64_t first = 0;
    std::int64_t end = 0;
    bool has_start = true; ///< the file's first frame is among them
    bool has_end = true;   ///< and its last
};

/// A check in the time domain, told block after block; see StemCheck. It looks closely only where
/// the block's figures say that there is something to see.
class BlockCheck {
  public:
    BlockCheck() = default;
    BlockCheck(BlockCheck const&) = delete;
    BlockCheck& operator=(BlockCheck const&) = delete;
    virtual ~BlockCheck() = default;

    virtual void process(Block const& block) = 0;
    virtual void finish(Extent const& extent, std::vector<Finding>& findings) = 0;
};

} // namespace stemlathe
