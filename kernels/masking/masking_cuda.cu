#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/masking/masking_stage.hpp"

#include <span>
#include <vector>

namespace stemlathe::cuda {

namespace {

using masking::Band;

constexpr int kWarpThreads = 32;
constexpr int kWarps = 4;     ///< in a block, each with a stem of a hop
constexpr int kLaneBands = 3; ///< bands of a lane: 75 in all
constexpr int kHopsAhead = 8; ///< excitations that a thread fetches at a time

/// Where a field of a stem lies in the output.
__device__ float*
field_of(MaskingView const& output, std::int64_t hop, std::int64_t stem, MaskingField field) {
    auto const row = (hop * output.stems + stem) * kMaskingFields;
    return output.values + (row + static_cast<std::int64_t>(field)) * output.bands;
}

/// Excitations and maskers: one thread for each stem, ear and band, hop after hop.
/// @param lingering  [stems][kChannels][bands], of the recursions before; after them on return
__global__ void
smear_kernel(ExcitationView input, Band const* bands, double* lingering, MaskingView output) {
    auto const rows = input.stems * kChannels * input.bands;
    for (auto i = first_index(); i < rows; i += grid_size()) {
        auto const stem = i / (kChannels * input.bands);
        auto const within =
            i % (kChannels * input.bands); // ears follow each other in the output too
        auto const band = bands[within % input.bands];
        double state = lingering[i];
        for (std::int64_t first = 0; first < input.hops; first += kHopsAhead) {
            float excitations[kHopsAhead];
#pragma unroll
            for (int ahead = 0; ahead < kHopsAhead; ++ahead) {
                auto const hop = first + ahead;
                excitations[ahead] = hop < input.hops ? input.powers[hop * rows + i] : 0.0F;
            }
#pragma unroll
            for (int ahead = 0; ahead < kHopsAhead; ++ahead) {
                auto const hop = first + ahead;
                if (hop < input.hops) {
                    float const excitation = excitations[ahead];
                    state = masking::lingering(band.smear, state, excitation);
                    field_of(output, hop, stem, MaskingField::excitation_left)[within] = excitation;
                    field_of(output, hop, stem, MaskingField::masker_left)[within] =
                        masking::masker(excitation, state, band.ratio);
                }
            }
        }
        lingering[i] = state;
    }
}

/// Thresholds of all stems: one thread for each hop, ear and band. First the maskers behind each
/// stem, then those before it.
__global__ void threshold_kernel(Band const* bands, MaskingView output) {
    auto const columns = kChannels * output.bands;
    for (auto i = first_index(); i < output.hops * columns; i += grid_size()) {
        auto const hop = i / columns;
        auto const within = i % columns;
        float const quiet = bands[within % output.bands].quiet;
        float behind = 0.0F;
        for (auto stem = output.stems - 1; stem >= 0; --stem) {
            field_of(output, hop, stem, MaskingField::threshold_left)[within] = behind;
            behind += field_of(output, hop, stem, MaskingField::masker_left)[within];
        }
        float before = 0.0F;
        for (std::int64_t stem = 0; stem < output.stems; ++stem) {
            auto& threshold = field_of(output, hop, stem, MaskingField::threshold_left)[within];
            threshold = masking::threshold(before, threshold, quiet);
            before += field_of(output, hop, stem, MaskingField::masker_left)[within];
        }
    }
}

__device__ float largest_of_warp(float value) {
    for (int mask = kWarpThreads / 2; mask > 0; mask /= 2) {
        value = fmaxf(value, __shfl_xor_sync(0xFFFFFFFFU, value, mask));
    }
    return value;
}

/// The same bits in every lane: partners add the same two values.
__device__ float sum_of_warp(float value) {
    for (int mask = kWarpThreads / 2; mask > 0; mask /= 2) {
        value += __shfl_xor_sync(0xFFFFFFFFU, value, mask);
    }
    return value;
}

/// Margin and importance: one warp for each stem of a hop, lane l with bands l, l + 32, l + 64.
__global__ void judge_kernel(Band const* bands, MaskingView output) {
    int const lane = static_cast<int>(threadIdx.x) % kWarpThreads;
    auto const first = static_cast<std::int64_t>(blockIdx.x) * kWarps + threadIdx.x / kWarpThreads;
    auto const stride = static_cast<std::int64_t>(gridDim.x) * kWarps;
    for (auto i = first; i < output.hops * output.stems; i += stride) {
        auto const hop = i / output.stems;
        auto const stem = i % output.stems;
        float louder[kLaneBands] = {};
        float over_quiet[kLaneBands] = {};
        float strongest = 0.0F;
        float most_over_quiet = 0.0F;
        for (int part = 0; part < kLaneBands; ++part) {
            auto const band = lane + part * kWarpThreads;
            if (band < output.bands) {
                auto const at = [&](MaskingField field) {
                    return field_of(output, hop, stem, field)[band];
                };
                float const left = at(MaskingField::excitation_left);
                float const right = at(MaskingField::excitation_right);
                field_of(output, hop, stem, MaskingField::margin_db)[band] = masking::margin_db(
                    left / at(MaskingField::threshold_left),
                    right / at(MaskingField::threshold_right)
                );
                louder[part] = fmaxf(left, right);
                over_quiet[part] = louder[part] * bands[band].per_quiet;
                strongest = fmaxf(strongest, louder[part]);
                most_over_quiet = fmaxf(most_over_quiet, over_quiet[part]);
            }
        }
        strongest = largest_of_warp(strongest);
        bool const is_present = largest_of_warp(most_over_quiet) > masking::kPresent;
        float sum = 0.0F;
        for (int part = 0; part < kLaneBands; ++part) {
            louder[part] = masking::weight(louder[part], over_quiet[part], strongest);
            sum += louder[part];
        }
        sum = sum_of_warp(sum);
        for (int part = 0; part < kLaneBands; ++part) {
            auto const band = lane + part * kWarpThreads;
            if (band < output.bands) {
                field_of(output, hop, stem, MaskingField::importance)[band] =
                    is_present ? louder[part] / sum : 0.0F;
            }
        }
    }
}

class Listener {
  public:
    static constexpr Memory kMemory = Memory::device;

    Listener(std::vector<Band> const& bands, int stems)
        : bands_(on_device(std::span<Band const>{bands})),
          lingering_(stems * kChannels * static_cast<std::int64_t>(bands.size())) {
        STEMLATHE_ASSERT(bands.size() <= kLaneBands * kWarpThreads);
        fill_zero(lingering_.data(), lingering_.capacity());
    }

    [[nodiscard]] float* reserve(std::int64_t values) {
        output_.reserve(values);
        return output_.data();
    }

    /// See masking::MaskedThresholds.
    void listen(ExcitationView const& input, MaskingView const& output) {
        if (input.hops > 0) {
            auto const columns = kChannels * input.bands;
            launch(
                smear_kernel, input.stems * columns, input, bands_.data(), lingering_.data(), output
            );
            launch(threshold_kernel, output.hops * columns, bands_.data(), output);
            auto const judgements = output.hops * output.stems;
            launch_blocks(
                judge_kernel,
                (judgements + kWarps - 1) / kWarps,
                kWarps * kWarpThreads,
                bands_.data(),
                output
            );
        }
    }

  private:
    DeviceBuffer<Band> bands_;
    DeviceBuffer<double> lingering_; ///< [stems][kChannels][bands]
    DeviceBuffer<float> output_;
};

} // namespace

std::unique_ptr<MaskingStage> CudaBackend::make_masking(MaskingSettings const& settings) {
    return std::make_unique<masking::MaskedThresholds<Listener>>(settings);
}

} // namespace stemlathe::cuda
