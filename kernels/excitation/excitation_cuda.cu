#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/excitation/excitation_stage.hpp"

#include <span>

namespace stemlathe::cuda {

namespace {

using excitation::Design;
using excitation::Filter;
using excitation::Lines;

constexpr int kStemsMax = 64;
constexpr int kLinesMax = 384;   ///< lines are at least 0.1 Cam apart, from 0.8 to 38.9 Cam
constexpr int kBandThreads = 96; ///< one for each of 75 filters
constexpr int kGroupStems = 8;   ///< as many have their lines in shared memory at a time

/// Power spectra of all stems, [hops][kChannels][lines] each.
struct Spectra {
    float const* powers[kStemsMax] = {};
    int stems = 0;
    std::int64_t rows = 0; ///< hops times ears
};

/// The design on the card.
struct Tables {
    float const* gains = nullptr;
    float const* line_hz = nullptr;
    Lines const* levels = nullptr;
    Filter const* filters = nullptr;
    int lines = 0;
    int bands = 0;
};

/// What a block keeps of its hop and ear.
struct Shared {
    float total[kLinesMax]; ///< of all stems together
    float line_hz[kLinesMax];
    float steepness[kLinesMax];
    float reach_hz[kLinesMax];
    float powers[kGroupStems][kLinesMax];
};

/// Sum of the stems, and how steep the lower skirts are at each line. Ends with a barrier.
__device__ void
shape(Spectra const& spectra, std::int64_t row, Tables const& tables, Shared& shared) {
    for (int line = static_cast<int>(threadIdx.x); line < tables.lines; line += kBandThreads) {
        float total = 0.0F;
        for (int stem = 0; stem < spectra.stems; ++stem) {
            auto const power = spectra.powers[stem][row * tables.lines + line];
            total += excitation::at_cochlea(power, tables.gains[line]);
        }
        shared.total[line] = total;
        shared.line_hz[line] = tables.line_hz[line];
    }
    __syncthreads();
    for (int line = static_cast<int>(threadIdx.x); line < tables.lines; line += kBandThreads) {
        auto const [first, count] = tables.levels[line];
        float power = shared.total[first];
        for (int i = 1; i < count; ++i) {
            power += shared.total[first + i];
        }
        float const steepness = excitation::steepness_of(power);
        shared.steepness[line] = steepness;
        shared.reach_hz[line] = excitation::reach_hz(shared.line_hz[line], steepness);
    }
    __syncthreads();
}

/// Puts the lines of a group of stems, at the cochlea, to shared memory. Ends with a barrier.
__device__ void load_group(
    Spectra const& spectra, int first_stem, std::int64_t row, Tables const& tables, Shared& shared
) {
    for (int i = 0; i < kGroupStems; ++i) {
        bool const is_there = first_stem + i < spectra.stems;
        auto const* const from =
            is_there ? spectra.powers[first_stem + i] + row * tables.lines : nullptr;
        for (int line = static_cast<int>(threadIdx.x); line < tables.lines; line += kBandThreads) {
            shared.powers[i][line] =
                is_there ? excitation::at_cochlea(from[line], tables.gains[line]) : 0.0F;
        }
    }
    __syncthreads();
}

__device__ void
add_weighted(float weight, int line, Shared const& shared, float (&sums)[kGroupStems]) {
#pragma unroll
    for (int i = 0; i < kGroupStems; ++i) {
        sums[i] = fmaf(weight, shared.powers[i][line], sums[i]);
    }
}

/// What one filter passes of each stem of the group: the order of lines is the same as on the CPU.
__device__ void add_up(Filter filter, Shared const& shared, float (&sums)[kGroupStems]) {
    for (int line = 0; line < filter.below_end; ++line) {
        if (shared.reach_hz[line] >= filter.hz) {
            float const weight = excitation::weight_below(
                filter.octaves,
                filter.octaves_per_hz,
                filter.least_steepness,
                shared.line_hz[line],
                shared.steepness[line]
            );
            add_weighted(weight, line, shared, sums);
        }
    }
    for (int line = filter.below_end; line < filter.above_end; ++line) {
        float const weight =
            excitation::weight_above(filter.octaves, filter.octaves_per_hz, shared.line_hz[line]);
        add_weighted(weight, line, shared, sums);
    }
}

/// One block for each hop and ear, one thread for each filter. Filters are worked out once for as
/// many stems as fit.
/// @param output  [hops][stems][kChannels][bands]
__global__ void excite_kernel(Spectra spectra, Tables tables, float* output) {
    __shared__ Shared shared;
    int const band = static_cast<int>(threadIdx.x);
    for (std::int64_t row = blockIdx.x; row < spectra.rows; row += gridDim.x) {
        shape(spectra, row, tables, shared);
        for (int first = 0; first < spectra.stems; first += kGroupStems) {
            load_group(spectra, first, row, tables, shared);
            if (band < tables.bands) {
                float sums[kGroupStems] = {};
                add_up(tables.filters[band], shared, sums);
                for (int i = 0; i < kGroupStems && first + i < spectra.stems; ++i) {
                    auto const stem = row / kChannels * spectra.stems + first + i;
                    output[(stem * kChannels + row % kChannels) * tables.bands + band] = sums[i];
                }
            }
            __syncthreads(); // nobody still needs what the next stems, or the next row, replace
        }
    }
}

class Cochlea {
  public:
    static constexpr Memory kMemory = Memory::device;

    explicit Cochlea(Design const& design)
        : gains_(on_device(std::span<float const>{design.gains})),
          line_hz_(on_device(std::span<float const>{design.line_hz})),
          levels_(on_device(std::span<Lines const>{design.levels})),
          filters_(on_device(std::span<Filter const>{design.filters})),
          tables_{
              .gains = gains_.data(),
              .line_hz = line_hz_.data(),
              .levels = levels_.data(),
              .filters = filters_.data(),
              .lines = static_cast<int>(design.line_count()),
              .bands = static_cast<int>(design.band_count())} {
        STEMLATHE_ASSERT(tables_.lines <= kLinesMax && tables_.bands <= kBandThreads);
    }

    [[nodiscard]] float* reserve(std::int64_t values) {
        output_.reserve(values);
        return output_.data();
    }

    /// See excitation::CommonFilters.
    void excite(std::span<SpectrumView const> stems, ExcitationView const& output) {
        Spectra spectra{.stems = static_cast<int>(stems.size()), .rows = output.hops * kChannels};
        STEMLATHE_ASSERT(spectra.stems <= kStemsMax);
        for (std::size_t i = 0; i < stems.size(); ++i) {
            spectra.powers[i] = stems[i].powers;
        }
        launch_blocks(excite_kernel, spectra.rows, kBandThreads, spectra, tables_, output.powers);
    }

  private:
    DeviceBuffer<float> gains_;
    DeviceBuffer<float> line_hz_;
    DeviceBuffer<Lines> levels_;
    DeviceBuffer<Filter> filters_;
    Tables tables_;
    DeviceBuffer<float> output_;
};

} // namespace

std::unique_ptr<ExcitationStage> CudaBackend::make_excitation(ExcitationSettings const& settings) {
    return std::make_unique<excitation::CommonFilters<Cochlea>>(settings);
}

} // namespace stemlathe::cuda
