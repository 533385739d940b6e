#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/lanes.cuh"
#include "kernels/cuda/overlap_save.cuh"
#include "kernels/equaliser/dynamic_band_stage.hpp"

namespace stemlathe::cuda {

namespace {

using dynamic_band::BandPass;
using dynamic_band::FilterState;

struct Fused {
    STEMLATHE_HD double operator()(double a, double b, double c) const noexcept {
        return std::fma(a, b, c);
    }
};

/// What the key's filter makes of rest.
struct FilterFromRest {
    static constexpr bool kWrites = false;
    BandPass filter;
    FilterState* ends;
    FilterState state{};

    __device__ void begin(std::int64_t) {}

    __device__ float step(float x) {
        band_passed(filter, state.first, state.second, static_cast<double>(x), Fused{});
        return 0.0F;
    }

    __device__ void end(std::int64_t lane) const {
        ends[lane] = state;
    }
};

/// The key becomes its power in the band.
struct FilterToPower {
    static constexpr bool kWrites = true;
    BandPass filter;
    FilterState const* starts;
    FilterState state{};

    __device__ void begin(std::int64_t lane) {
        state = starts[lane];
    }

    __device__ float step(float x) {
        double const y =
            band_passed(filter, state.first, state.second, static_cast<double>(x), Fused{});
        return static_cast<float>(y * y);
    }

    __device__ void end(std::int64_t) const {}
};

/// One thread per channel walks its lanes in order.
__global__ void fold_filter_kernel(
    BandPass filter,
    std::int64_t lanes,
    FilterState const* __restrict__ ends,
    FilterState* __restrict__ starts,
    FilterState* states
) {
    for (auto channel = first_index(); channel < kChannels; channel += grid_size()) {
        auto state = states[channel];
        for (auto i = channel * lanes; i < (channel + 1) * lanes; ++i) {
            starts[i] = state;
            state = filtered_lane(filter, state, ends[i]);
            if ((i + 1) % kLanes == 0) {
                state = dynamic_band::at_chunk_boundary(state);
            }
        }
        states[channel] = state;
    }
}

/// Interleaved frames to [2][frames].
__global__ void separate_kernel(float2 const* key, std::int64_t frames, float* values) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        values[n] = key[n].x;
        values[frames + n] = key[n].y;
    }
}

/// Power [2][frames] to the weight that the louder channel asks for, [frames], in place.
__global__ void aim_kernel(float fade_start_db, std::int64_t frames, float* values) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        float const left = values[n];
        float const right = values[frames + n];
        values[n] = dynamic_band::aim(right > left ? right : left, fade_start_db);
    }
}

__global__ void blend_kernel(
    float2 const* dry, float2 const* wet, float const* weights, std::int64_t frames, float2* to
) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        to[n] = float2{
            dynamic_band::blended(dry[n].x, wet[n].x, weights[n]),
            dynamic_band::blended(dry[n].y, wet[n].y, weights[n])};
    }
}

class Blender {
  public:
    explicit Blender(dynamic_band::Plan const& plan)
        : plan_(plan),
          filter_states_(kChannels),
          smoother_(plan.rms, kChannels, dynamic_band::kNegligiblePower),
          detector_(
              plan.release, plan.attack, 1, dynamic_band::kNegligibleWeight, DetectorOutput::second
          ) {
        fill_zero(filter_states_.data(), kChannels);
    }

    [[nodiscard]] AudioView blend(dynamic_band::Sources const& sources, Chunks const& chunks) {
        auto const whole = chunks.whole_frames();
        follow(frames_of(sources.key), chunks.count);
        reserve(output_, whole);
        launch(
            blend_kernel,
            whole,
            frames_of(sources.dry),
            frames_of(sources.wet),
            values_.data(),
            whole,
            frames_of(output_.samples())
        );
        return output_.view(chunks.frames, chunks.position);
    }

  private:
    /// Weights of whole chunks, [frames] in values_.
    void follow(float2 const* key, std::int64_t chunks) {
        auto const frames = chunks * kChunkFrames;
        auto const lanes = chunks * kLanes; // of a channel
        values_.reserve(frames * kChannels);
        ends_.reserve(lanes * kChannels);
        starts_.reserve(lanes * kChannels);
        auto* const values = values_.data();
        launch(separate_kernel, frames, key, frames, values);
        run_lanes(
            values, lanes * kChannels, kLaneFrames, FilterFromRest{plan_.band_pass, ends_.data()}
        );
        launch(
            fold_filter_kernel,
            chunks > 0 ? kChannels : 0,
            plan_.band_pass,
            lanes,
            ends_.data(),
            starts_.data(),
            filter_states_.data()
        );
        run_lanes(
            values, lanes * kChannels, kLaneFrames, FilterToPower{plan_.band_pass, starts_.data()}
        );
        smoother_.run(values, chunks, kLaneFrames);
        launch(aim_kernel, frames, plan_.fade_start_db, frames, values);
        detector_.run(values, chunks, kLaneFrames);
    }

    dynamic_band::Plan plan_;
    DeviceBuffer<FilterState> filter_states_; ///< [2]
    Smoother smoother_;
    DecoupledDetector detector_;
    DeviceBuffer<FilterState> ends_;   ///< [2][lanes], from rest
    DeviceBuffer<FilterState> starts_; ///< [2][lanes]
    DeviceBuffer<float> values_;       ///< [2][frames]
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_dynamic_band(DynamicBandSettings const& settings) {
    return dynamic_band::make_stage<DeviceQueue, OverlapSave, Blender>(settings);
}

} // namespace stemlathe::cuda
