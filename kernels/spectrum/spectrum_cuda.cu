#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/fft_plan.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/spectrum/spectrum_stage.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

namespace stemlathe::cuda {

namespace {

using spectrum::Bins;
using spectrum::Design;
using spectrum::Lead;
using spectrum::Region;

/// Frames of the longest windows in one call of cuFFT: enough to fill a card, 8 MiB of memory.
constexpr std::int64_t kHopBatchFrames = std::int64_t{1} << 20U;

constexpr int kLineThreads = 64; ///< a region has 32 to 90 lines

/// Hops that are transformed together. Hop h of the song has slot h % slots of its batch, however
/// segments are cut; slots outside [first_hop, first_hop + count) hold zeros that nobody reads.
struct HopBatch {
    std::int64_t slot_0_hop = 0;
    std::int64_t first_hop = 0;
    std::int64_t count = 0;
    std::int64_t hop_frames = 0;
};

/// Fills [transforms = slots * windows][size] with windowed frames of the queue, whose first frame
/// is `queue_position` of the song; one block per window.
__global__ void window_kernel(
    float2 const* queue,
    std::int64_t queue_position,
    HopBatch batch,
    Region region,
    float const* window,
    std::int64_t transforms,
    float2* into
) {
    for (std::int64_t i = blockIdx.x; i < transforms; i += gridDim.x) {
        auto const hop = batch.slot_0_hop + i / region.windows;
        bool const is_there = hop >= batch.first_hop && hop < batch.first_hop + batch.count;
        auto const first =
            hop * batch.hop_frames + region.start(i % region.windows) - queue_position;
        for (std::int64_t n = threadIdx.x; n < region.size; n += blockDim.x) {
            float2 value{0.0F, 0.0F};
            if (is_there) {
                value = queue[first + n];
                value.x *= window[n];
                value.y *= window[n];
            }
            into[i * region.size + n] = value;
        }
    }
}

/// All rows of a line.
struct Rows {
    float left = 0.0F;
    float right = 0.0F;
    spectrum::Bin cross{0.0F, 0.0F};
};

/// Sums over some bins of the windows of a hop, each bin times its fade.
/// @param windows  [region.windows][region.size], transformed
/// @param fades  [region.bins]
__device__ Rows
sums_of(Bins const& bins, float2 const* windows, Region const& region, float const* fades) {
    Rows sums;
    for (std::int64_t window = 0; window < region.windows; ++window) {
        auto const* const transformed = windows + window * region.size;
        for (auto bin = bins.first; bin < bins.first + bins.count; ++bin) {
            float const fade = fades[bin - region.first_bin];
            auto const [x, y] = transformed[bin];
            auto const [mirrored_x, mirrored_y] = transformed[region.size - bin];
            auto const ears = spectrum::ear_powers({x, y}, {mirrored_x, mirrored_y});
            auto const cross = spectrum::cross_power({x, y}, {mirrored_x, mirrored_y});
            sums.left += fade * ears.left;
            sums.right += fade * ears.right;
            sums.cross.re += fade * cross.re;
            sums.cross.im += fade * cross.im;
        }
    }
    return sums;
}

/// Splits the transforms into ears and adds up the bins of each line; one block per hop.
/// @param transforms  [slots][windows][size]
/// @param lines  [region.lines]
/// @param leads  [region.leads], each of another line
/// @param powers  [batch.count][rows][line_count], of which this region's lines are written, and
/// its leads added to those of the region before
__global__ void lines_kernel(
    float2 const* transforms,
    HopBatch batch,
    Region region,
    Bins const* lines,
    Lead const* leads,
    float const* fades,
    std::int64_t rows,
    std::int64_t line_count,
    float* powers
) {
    for (std::int64_t i = blockIdx.x; i < batch.count; i += gridDim.x) {
        auto const slot = batch.first_hop - batch.slot_0_hop + i;
        auto const* const windows = transforms + slot * region.windows * region.size;
        auto* const of_hop = powers + i * rows * line_count;
        auto const write = [&](std::int64_t line, Rows const& before, Rows const& sums) {
            of_hop[line] = before.left + sums.left;
            of_hop[line_count + line] = before.right + sums.right;
            if (rows > kChannels) {
                of_hop[2 * line_count + line] = before.cross.re + sums.cross.re;
                of_hop[3 * line_count + line] = before.cross.im + sums.cross.im;
            }
        };
        for (std::int64_t own = threadIdx.x; own < region.lines; own += blockDim.x) {
            write(region.first_line + own, {}, sums_of(lines[own], windows, region, fades));
        }
        for (std::int64_t i_lead = threadIdx.x; i_lead < region.leads; i_lead += blockDim.x) {
            auto const [bins, line] = leads[i_lead];
            Rows before{.left = of_hop[line], .right = of_hop[line_count + line]};
            if (rows > kChannels) {
                before.cross = {of_hop[2 * line_count + line], of_hop[3 * line_count + line]};
            }
            write(line, before, sums_of(bins, windows, region, fades));
        }
    }
}

/// What the transforms of one region need.
struct RegionTables {
    RegionTables(Region const& in, std::int64_t slots)
        : region(in),
          window(on_device(std::span<float const>{spectrum::window_of(in)})),
          plan(std::make_unique<FftPlan>(in.size, slots * in.windows)) {}

    Region region;
    DeviceBuffer<float> window; ///< [size]
    std::unique_ptr<FftPlan> plan;
};

class Transformer {
  public:
    static constexpr Memory kMemory = Memory::device;
    /// A whole segment at once: slices would cut batches apart.
    static constexpr std::int64_t kSliceHops = std::int64_t{1} << 40U;

    explicit Transformer(Design const& design)
        : design_(design),
          slots_(std::max<std::int64_t>(kHopBatchFrames / design.regions.front().size, 1)),
          bins_(on_device(std::span<Bins const>{design.bins})),
          leads_(on_device(std::span<Lead const>{design.leads})),
          fades_(on_device(std::span<float const>{design.fades})) {
        for (auto const& region : design.regions) {
            regions_.emplace_back(region, slots_);
            transforms_.reserve(slots_ * region.windows * region.size);
        }
    }

    [[nodiscard]] float* reserve(std::int64_t values) {
        output_.reserve(values);
        return output_.data();
    }

    /// See spectrum::QueuedSpectrum.
    void transform(AudioView queue, std::int64_t first_hop, std::int64_t count, float* powers) {
        auto const end = first_hop + count;
        for (auto hop = first_hop; hop < end;) {
            auto const slot_0_hop = hop / slots_ * slots_;
            auto const next = std::min(slot_0_hop + slots_, end);
            transform_batch(
                queue,
                {.slot_0_hop = slot_0_hop,
                 .first_hop = hop,
                 .count = next - hop,
                 .hop_frames = design_.hop_frames},
                powers + (hop - first_hop) * design_.rows * design_.line_count()
            );
            hop = next;
        }
    }

  private:
    void transform_batch(AudioView queue, HopBatch const& batch, float* powers) {
        for (auto const& tables : regions_) {
            auto const& region = tables.region;
            auto const transforms = slots_ * region.windows;
            launch_blocks(
                window_kernel,
                transforms,
                kBlockThreads,
                frames_of(queue.samples),
                queue.position,
                batch,
                region,
                tables.window.data(),
                transforms,
                transforms_.data()
            );
            tables.plan->forward(transforms_.data(), transforms_.data());
            launch_blocks(
                lines_kernel,
                batch.count,
                kLineThreads,
                transforms_.data(),
                batch,
                region,
                bins_.data() + region.first_line,
                leads_.data() + region.first_lead,
                fades_.data() + region.first_fade,
                design_.rows,
                design_.line_count(),
                powers
            );
        }
    }

    Design const& design_;
    std::int64_t slots_; ///< in a batch
    DeviceBuffer<Bins> bins_;
    DeviceBuffer<Lead> leads_;
    DeviceBuffer<float> fades_;
    std::vector<RegionTables> regions_;
    DeviceBuffer<float2> transforms_; ///< [slots][windows][size] of one region after the other
    DeviceBuffer<float> output_;
};

} // namespace

std::unique_ptr<SpectrumStage> CudaBackend::make_spectrum(SpectrumSettings const& settings) {
    return std::make_unique<spectrum::QueuedSpectrum<DeviceQueue, Transformer>>(settings);
}

} // namespace stemlathe::cuda
