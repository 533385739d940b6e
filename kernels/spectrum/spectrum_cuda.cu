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
using spectrum::Region;

/// Frames of the longest windows in one call of cuFFT: enough to fill a card, 8 MiB of memory.
constexpr std::int64_t kBatchFrames = std::int64_t{1} << 20U;

constexpr int kLineThreads = 64; ///< a region has 32 to 90 lines

/// Hops that are transformed together. Hop h of the song has slot h % slots of its batch, however
/// segments are cut; slots outside [first_hop, first_hop + count) hold zeros that nobody reads.
struct Batch {
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
    Batch batch,
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

/// Splits the transforms into ears and adds up the bins of each line; one block per hop.
/// @param transforms  [slots][windows][size]
/// @param lines  [region.lines]
/// @param powers  [batch.count][rows][line_count], of which this region's lines are written
__global__ void lines_kernel(
    float2 const* transforms,
    Batch batch,
    Region region,
    Bins const* lines,
    std::int64_t rows,
    std::int64_t line_count,
    float* powers
) {
    for (std::int64_t i = blockIdx.x; i < batch.count; i += gridDim.x) {
        auto const slot = batch.first_hop - batch.slot_0_hop + i;
        auto const* const first_window = transforms + slot * region.windows * region.size;
        auto* const of_hop = powers + i * rows * line_count + region.first_line;
        for (std::int64_t line = threadIdx.x; line < region.lines; line += blockDim.x) {
            auto const [first, count] = lines[line];
            float left = 0.0F;
            float right = 0.0F;
            spectrum::Bin cross{0.0F, 0.0F};
            for (std::int64_t window = 0; window < region.windows; ++window) {
                auto const* const bins = first_window + window * region.size;
                for (auto bin = first; bin < first + count; ++bin) {
                    auto const [x, y] = bins[bin];
                    auto const [mirrored_x, mirrored_y] = bins[region.size - bin];
                    auto const ears = spectrum::ear_powers({x, y}, {mirrored_x, mirrored_y});
                    left += ears.left;
                    right += ears.right;
                    auto const product = spectrum::cross_power({x, y}, {mirrored_x, mirrored_y});
                    cross.re += product.re;
                    cross.im += product.im;
                }
            }
            of_hop[line] = left;
            of_hop[line_count + line] = right;
            if (rows > kChannels) {
                of_hop[2 * line_count + line] = cross.re;
                of_hop[3 * line_count + line] = cross.im;
            }
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
          slots_(std::max<std::int64_t>(kBatchFrames / design.regions.front().size, 1)),
          bins_(on_device(std::span<Bins const>{design.bins})) {
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
    void transform_batch(AudioView queue, Batch const& batch, float* powers) {
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
                design_.rows,
                design_.line_count(),
                powers
            );
        }
    }

    Design const& design_;
    std::int64_t slots_; ///< in a batch
    DeviceBuffer<Bins> bins_;
    std::vector<RegionTables> regions_;
    DeviceBuffer<float2> transforms_; ///< [slots][windows][size] of one region after the other
    DeviceBuffer<float> output_;
};

} // namespace

std::unique_ptr<SpectrumStage> CudaBackend::make_spectrum(SpectrumSettings const& settings) {
    return std::make_unique<spectrum::QueuedSpectrum<DeviceQueue, Transformer>>(settings);
}

} // namespace stemlathe::cuda
