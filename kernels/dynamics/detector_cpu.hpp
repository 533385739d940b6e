#pragma once

#include "kernels/cpu/lanes.hpp"
#include "kernels/dynamics/dynamics_math.hpp"

#include <array>
#include <memory>
#include <span>

namespace stemlathe::cpu {

/// From a key to the gain reduction that it asks for, chunk by chunk.
class Detector {
  public:
    explicit Detector(dynamics::Plan const& plan);

    /// @param key  the next chunk [kChunkFrames] stereo
    /// @returns the gain reduction in dB of each stream, valid until the next call
    [[nodiscard]] std::span<LaneRows const> reduce(float const* key);

  private:
    void measure_power(float const* key);
    void reduce_by_curve();
    void smooth_branching();

    template <std::size_t Streams>
    void smooth_decoupled();

    dynamics::Plan plan_;
    std::unique_ptr<std::array<LaneRows, kChannels>> rows_;
    std::array<double, kChannels> power_{};     ///< state of the RMS one-pole
    std::array<double, kChannels> released_{};  ///< dB, state of the first half of the detector
    std::array<double, kChannels> reduction_{}; ///< dB, state of its second half, or of branching
};

} // namespace stemlathe::cpu
