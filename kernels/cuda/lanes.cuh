#pragma once

#include "kernels/base/recursion.hpp"
#include "kernels/cuda/device_buffer.cuh"
#include "kernels/cuda/launch.cuh"

#include <cstdint>

// Recursions on the card: one thread per lane. See recursion.hpp for how lanes are joined.

namespace stemlathe::cuda {

inline constexpr int kWarpThreads = 32;
inline constexpr int kLaneWarps = 4; ///< in a block

/// Runs `lanes` lanes of `steps` values each, which lie one after another. `Work` is copied for
/// each lane and told where it starts, each value in order, and where it ends; where it writes,
/// what `step` returns replaces the value. A warp moves values through shared memory, so that
/// neighbouring threads touch neighbouring addresses.
template <typename Work>
__global__ void
run_lanes_kernel(float* values, std::int64_t lanes, std::int64_t steps, Work prototype) {
    __shared__ float tiles[kLaneWarps][kWarpThreads][kWarpThreads + 1];
    int const warp = static_cast<int>(threadIdx.x) / kWarpThreads;
    int const self = static_cast<int>(threadIdx.x) % kWarpThreads;
    auto& tile = tiles[warp];
    auto const stride = static_cast<std::int64_t>(gridDim.x) * kLaneWarps * kWarpThreads;
    auto first = (static_cast<std::int64_t>(blockIdx.x) * kLaneWarps + warp) * kWarpThreads;
    for (; first < lanes; first += stride) {
        auto const lane = first + self;
        bool const is_there = lane < lanes;
        Work work = prototype;
        if (is_there) {
            work.begin(lane);
        }
        for (std::int64_t step = 0; step < steps; step += kWarpThreads) {
            float* const column = values + first * steps + step + self;
            for (int row = 0; row < kWarpThreads && first + row < lanes; ++row) {
                tile[row][self] = column[row * steps];
            }
            __syncwarp();
            for (int k = 0; is_there && k < kWarpThreads; ++k) {
                float const y = work.step(tile[self][k]);
                if constexpr (Work::kWrites) {
                    tile[self][k] = y;
                }
            }
            __syncwarp();
            if constexpr (Work::kWrites) {
                for (int row = 0; row < kWarpThreads && first + row < lanes; ++row) {
                    column[row * steps] = tile[row][self];
                }
                __syncwarp();
            }
        }
        if (is_there) {
            work.end(lane);
        }
    }
}

/// @param steps  a multiple of 32
template <typename Work>
void run_lanes(float* values, std::int64_t lanes, std::int64_t steps, Work const& work) {
    constexpr std::int64_t kThreads = kLaneWarps * kWarpThreads;
    launch_blocks(
        run_lanes_kernel<Work>,
        (lanes + kThreads - 1) / kThreads,
        static_cast<int>(kThreads),
        values,
        lanes,
        steps,
        work
    );
}

/// One-pole recursions over `streams` streams of whole chunks, lane after lane, stream after
/// stream.
class Smoother {
  public:
    /// @param negligible  states below it rest where chunks meet
    /// @throws Failure{out_of_memory}
    Smoother(OnePole const& pole, std::int64_t streams, double negligible);

    /// In place. @param values  [streams][chunks * kLanes * steps]
    void run(float* values, std::int64_t chunks, std::int64_t steps);

  private:
    OnePole pole_;
    std::int64_t streams_;
    double negligible_;
    DeviceBuffer<double> states_; ///< [streams]
    DeviceBuffer<double> ends_;   ///< [streams][lanes], from rest
    DeviceBuffer<double> starts_; ///< [streams][lanes]
};

/// What a decoupled detector gives: its second half, or the larger of both.
enum class DetectorOutput { second, larger };

/// The decoupled detector over `streams` streams of whole chunks: cpu::decouple's twin.
class DecoupledDetector {
  public:
    /// @throws Failure{out_of_memory}
    DecoupledDetector(
        OnePole const& release,
        OnePole const& smoothing,
        std::int64_t streams,
        double negligible,
        DetectorOutput output
    );

    /// In place. @param values  [streams][chunks * kLanes * steps]
    void run(float* values, std::int64_t chunks, std::int64_t steps);

  private:
    OnePole release_;
    OnePole smoothing_;
    std::int64_t streams_;
    double negligible_;
    DetectorOutput output_;
    DeviceBuffer<double> released_states_; ///< [streams]
    DeviceBuffer<double> smoothed_states_; ///< [streams]
    DeviceBuffer<double> released_ends_;   ///< [streams][lanes] each from here on
    DeviceBuffer<double> falling_ends_;    ///< of the first half's one-pole alone
    DeviceBuffer<double> smoothed_ends_;
    DeviceBuffer<double> released_starts_;
    DeviceBuffer<double> smoothed_starts_;
};

} // namespace stemlathe::cuda
