#include "kernels/base/units.hpp"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/result_list.cuh"
#include "kernels/true_peak/true_peak_math.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe::cuda {

namespace {

using true_peak::kFramesAfter;
using true_peak::kFramesBefore;
using true_peak::kHistoryFrames;
using true_peak::kPhases;
using true_peak::kScreenStep;
using true_peak::kTaps;
using true_peak::Taps;

/// One thread per frame of a block.
constexpr int kThreads = static_cast<int>(kScreenBlockFrames);
constexpr int kPeakTileFrames = kThreads + kTaps - 1;

/// Screens of the two blocks before the first new one.
constexpr std::int64_t kCarried = 2;

/// A highest value and where it is first met.
struct Peak {
    float value;
    std::int64_t frame;
};

__device__ Peak higher(Peak a, Peak b) {
    return b.value > a.value || (b.value == a.value && b.frame < a.frame) ? b : a;
}

/// Loads what the points of a block are made of. `block` is its first sample.
__device__ void load_block(float const* block, float (&tile)[2 * kPeakTileFrames]) {
    auto const* const first = block - kFramesBefore * kChannels;
    for (int i = static_cast<int>(threadIdx.x); i < 2 * kPeakTileFrames; i += kThreads) {
        tile[i] = first[i];
    }
}

/// Highest |point| of the thread's own frame over every `step`th phase, both channels.
__device__ float highest_of(float const (&tile)[2 * kPeakTileFrames], Taps const& taps, int step) {
    auto const* const oldest = tile + 2 * threadIdx.x;
    float highest = fmaxf(
        fabsf(oldest[kFramesBefore * kChannels]), fabsf(oldest[kFramesBefore * kChannels + 1])
    );
    for (int phase = step; phase < kPhases; phase += step) {
        float const left = true_peak::point(oldest, taps.of[phase]);
        float const right = true_peak::point(oldest + 1, taps.of[phase]);
        highest = fmaxf(highest, fmaxf(fabsf(left), fabsf(right)));
    }
    return highest;
}

/// The higher of all threads of a block, in thread 0. A fixed tree.
template <int kCount>
__device__ Peak highest_of_block(Peak own) {
    __shared__ Peak peaks[kCount];
    int const thread = static_cast<int>(threadIdx.x);
    peaks[thread] = own;
    __syncthreads();
    for (int half = kCount / 2; half > 0; half /= 2) {
        if (thread < half) {
            peaks[thread] = higher(peaks[thread], peaks[thread + half]);
        }
        __syncthreads();
    }
    return peaks[0];
}

/// screen[b]: the highest 4x value of block b. `samples` is the first sample of block 0.
__global__ void screen_kernel(float const* samples, std::int64_t count, Taps taps, float* screen) {
    __shared__ float tile[2 * kPeakTileFrames];
    for (std::int64_t b = blockIdx.x; b < count; b += gridDim.x) {
        load_block(samples + b * kScreenBlockFrames * kChannels, tile);
        __syncthreads();
        Peak const own{highest_of(tile, taps, kScreenStep), 0};
        auto const highest = highest_of_block<kThreads>(own);
        if (threadIdx.x == 0) {
            screen[b] = highest.value;
        }
        __syncthreads(); // before the tile and the tree are used again
    }
}

/// found[b]: the highest 16x value of block b - 1, or 0 where it and its neighbours, b - 2 and b,
/// say that it cannot reach `floor`. screen[b] is of block b - kCarried.
__global__ void read_kernel(
    float const* samples,
    std::int64_t first_frame,
    std::int64_t count,
    Taps taps,
    float margin,
    float const* screen,
    Peak const* floor,
    Peak* found
) {
    __shared__ float tile[2 * kPeakTileFrames];
    for (std::int64_t b = blockIdx.x; b < count; b += gridDim.x) {
        float const near = fmaxf(fmaxf(screen[b], screen[b + 1]), screen[b + 2]);
        if (near * margin < floor->value) { // the same for all threads of the block
            if (threadIdx.x == 0) {
                found[b] = {0.0F, 0};
            }
            continue;
        }
        load_block(samples + (b - 1) * kScreenBlockFrames * kChannels, tile);
        __syncthreads();
        auto const frame = first_frame + (b - 1) * kScreenBlockFrames + threadIdx.x;
        auto const highest = highest_of_block<kThreads>({highest_of(tile, taps, 1), frame});
        if (threadIdx.x == 0) {
            found[b] = highest;
        }
        __syncthreads();
    }
}

/// One block: raises `floor` to the highest screen; every 4x point is a 16x point too.
__global__ void raise_floor_kernel(float const* screen, std::int64_t count, Peak* floor) {
    Peak own{0.0F, 0};
    for (std::int64_t i = threadIdx.x; i < count; i += kBlockThreads) {
        own.value = fmaxf(own.value, screen[i]);
    }
    auto const highest = highest_of_block<kBlockThreads>(own);
    if (threadIdx.x == 0) {
        floor->value = fmaxf(floor->value, highest.value);
    }
}

/// One block: the highest of the blocks read and of those before them, of equals the first.
__global__ void keep_highest_kernel(Peak const* found, std::int64_t count, Peak* best) {
    Peak own = *best;
    for (std::int64_t i = threadIdx.x; i < count; i += kBlockThreads) {
        if (found[i].value > 0.0F) {
            own = higher(own, found[i]);
        }
    }
    auto const highest = highest_of_block<kBlockThreads>(own);
    if (threadIdx.x == 0) {
        *best = highest;
    }
}

/// Screens all blocks that are complete, then reads those at 16x that may hold the highest value.
class CudaTruePeakMeter final : public TruePeakMeter {
  public:
    explicit CudaTruePeakMeter(bool keep_screen)
        : queue_(kHistoryFrames + kScreenBlockFrames),
          keep_screen_(keep_screen),
          carried_(kCarried),
          floor_(1),
          best_(1) {
        fill_zero(carried_.data(), kCarried);
        fill_zero(floor_.data(), 1);
        fill_zero(best_.data(), 1);
    }

    void process(AudioView input) override {
        frames_in_ += input.frames;
        queue_.push(input);
        measure();
    }

    TruePeakReading finish() override {
        auto const end = true_peak::frames_to_the_end(frames_in_);
        queue_.push_zeros(end - (queue_.pending().position + queue_.frames()));
        measure();
        Peak best{};
        copy(&best, best_.data(), 1);
        synchronise();
        return true_peak::fold_to_song(
            {.peak = static_cast<double>(best.value),
             .frame = best.frame,
             .screen = screens_.download()},
            frames_in_
        );
    }

  private:
    void measure() {
        auto const pending = queue_.pending();
        auto const end = pending.position + pending.frames;
        auto const whole = (end - kFramesAfter - next_block_ * kScreenBlockFrames);
        auto const count = whole > 0 ? whole / kScreenBlockFrames : 0;
        if (count == 0) {
            return;
        }
        auto const first_frame = next_block_ * kScreenBlockFrames;
        auto const* const first = pending.samples + (first_frame - pending.position) * kChannels;
        auto const& taps = true_peak::taps();
        screen_.reserve(count + kCarried);
        found_.reserve(count);
        copy(screen_.data(), carried_.data(), kCarried);
        auto* const screen = screen_.data() + kCarried;
        launch_blocks(screen_kernel, count, kThreads, first, count, taps, screen);
        launch_blocks(raise_floor_kernel, 1, kBlockThreads, screen, count, floor_.data());
        launch_blocks(
            read_kernel,
            count,
            kThreads,
            first,
            first_frame,
            count,
            taps,
            true_peak::screen_margin(),
            screen_.data(),
            floor_.data(),
            found_.data()
        );
        launch_blocks(keep_highest_kernel, 1, kBlockThreads, found_.data(), count, best_.data());
        copy(carried_.data(), screen_.data() + count, kCarried);
        if (keep_screen_) {
            screens_.append(screen, count);
        }
        next_block_ += count;
        queue_.pop(count * kScreenBlockFrames);
    }

    DeviceQueue queue_;
    bool keep_screen_;
    std::int64_t frames_in_ = 0;
    std::int64_t next_block_ = -1; ///< to be screened
    DeviceBuffer<float> carried_;  ///< [kCarried]
    DeviceBuffer<Peak> floor_;     ///< [1] what the result is at least
    DeviceBuffer<Peak> best_;      ///< [1] highest 16x value so far
    DeviceBuffer<float> screen_;   ///< [kCarried + blocks]
    DeviceBuffer<Peak> found_;     ///< [blocks]
    ResultList<float> screens_;
};

} // namespace

std::unique_ptr<TruePeakMeter> CudaBackend::make_true_peak_meter(TruePeakSettings const& settings) {
    true_peak::check(settings);
    return std::make_unique<CudaTruePeakMeter>(settings.keep_screen);
}

} // namespace stemlathe::cuda
