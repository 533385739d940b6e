#pragma once

#include "kernels/cpu/lanes.hpp"
#include "kernels/equaliser/dynamic_band_math.hpp"

#include <array>
#include <memory>

namespace stemlathe::cpu {

/// From a key to the weight of a dynamic band, chunk by chunk.
class KeyFollower {
  public:
    explicit KeyFollower(dynamic_band::Plan const& plan)
        : plan_(plan), rows_(std::make_unique<std::array<LaneRows, kChannels>>()) {}

    /// @param key  the next chunk [kChunkFrames] stereo
    /// @param weights  [kChunkFrames], 64-byte aligned
    void follow(float const* key, float* weights);

  private:
    /// Replaces a channel's rows by the power in the band.
    void measure(LaneRows& rows, dynamic_band::FilterState& state) const;

    dynamic_band::Plan plan_;
    std::unique_ptr<std::array<LaneRows, kChannels>> rows_;
    std::array<dynamic_band::FilterState, kChannels> filter_{};
    std::array<double, kChannels> power_{};
    double released_ = 0.0;
    double weight_ = 0.0;
};

} // namespace stemlathe::cpu
