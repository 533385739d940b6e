#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/lanes.cuh"
#include "kernels/cuda/trace.cuh"
#include "kernels/dynamics/dynamics_stage.hpp"

namespace stemlathe::cuda {

namespace {

using dynamics::Plan;

/// Writes the power of each channel to [2][frames], or of the louder one to [frames].
__global__ void power_kernel(float2 const* key, std::int64_t frames, bool louder, float* power) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        float const left = key[n].x * key[n].x;
        float const right = key[n].y * key[n].y;
        power[n] = louder && right > left ? right : left;
        if (!louder) {
            power[frames + n] = right;
        }
    }
}

/// Power [2][frames] (of a linked peak detector [frames]) to wanted gain reduction in dB, in place.
__global__ void curve_kernel(Plan plan, std::int64_t frames, float* values) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        float& first = values[n];
        float& second = values[frames + n];
        if (plan.streams == 1) {
            float const power = plan.is_rms && second > first ? second : first;
            first = reduction_db(dynamics::level_db(power, plan.level_offset_db), plan.curve);
        } else {
            float const left_db = dynamics::level_db(first, plan.level_offset_db);
            float const right_db = dynamics::level_db(second, plan.level_offset_db);
            first = reduction_db(dynamics::linked_db(left_db, right_db, plan.link), plan.curve);
            second = reduction_db(dynamics::linked_db(right_db, left_db, plan.link), plan.curve);
        }
    }
}

/// The branching detector does not cut into lanes: a warp per stream brings values, its first
/// thread runs through them.
__global__ void branching_kernel(Plan plan, std::int64_t frames, float* values, double* states) {
    __shared__ float tile[1024];
    static_assert(kChunkFrames % 1024 == 0);
    float* const stream = values + blockIdx.x * frames;
    double state = states[blockIdx.x];
    for (std::int64_t first = 0; first < frames; first += 1024) {
        for (int k = static_cast<int>(threadIdx.x); k < 1024; k += kWarpThreads) {
            tile[k] = stream[first + k];
        }
        __syncwarp();
        for (int k = 0; threadIdx.x == 0 && k < 1024; ++k) {
            state = branched(plan, state, static_cast<double>(tile[k]));
            tile[k] = static_cast<float>(state);
        }
        __syncwarp();
        for (int k = static_cast<int>(threadIdx.x); k < 1024; k += kWarpThreads) {
            stream[first + k] = tile[k];
        }
        __syncwarp();
        if ((first + 1024) % kChunkFrames == 0) {
            state = at_chunk_boundary(state, dynamics::kNegligible_db);
        }
    }
    if (threadIdx.x == 0) {
        states[blockIdx.x] = state;
    }
}

__global__ void apply_kernel(
    Plan plan, std::int64_t frames, float const* reduction_db, float2 const* from, float2* to
) {
    for (auto n = first_index(); n < frames; n += grid_size()) {
        float const left = dynamics::gain(reduction_db[n], plan.makeup_db);
        float const right =
            plan.streams == 1 ? left : dynamics::gain(reduction_db[frames + n], plan.makeup_db);
        to[n] = float2{from[n].x * left, from[n].y * right};
    }
}

/// Highest reduction of each hop among the first `frames` of [streams][stride].
__global__ void trace_kernel(
    float const* reduction_db,
    int streams,
    std::int64_t stride,
    std::int64_t frames,
    std::int64_t hops,
    float* trace
) {
    for (auto hop = first_index(); hop < hops; hop += grid_size()) {
        float most = 0.0F;
        auto const end =
            (hop + 1) * kTraceHopFrames < frames ? (hop + 1) * kTraceHopFrames : frames;
        for (int stream = 0; stream < streams; ++stream) {
            for (auto n = hop * kTraceHopFrames; n < end; ++n) {
                float const value = reduction_db[stream * stride + n];
                most = value > most ? value : most;
            }
        }
        trace[hop] = most;
    }
}

class Compressor {
  public:
    explicit Compressor(Plan const& plan)
        : plan_(plan),
          smoother_(plan.rms, kChannels, dynamics::kNegligiblePower),
          decoupled_(
              plan.release,
              plan.attack,
              plan.streams,
              dynamics::kNegligible_db,
              DetectorOutput::second
          ),
          branching_states_(kChannels) {
        fill_zero(branching_states_.data(), kChannels);
    }

    [[nodiscard]] AudioView compress(float const* audio, float const* key, Chunks const& chunks) {
        auto const whole = chunks.whole_frames();
        detect(frames_of(key), chunks.count);
        reserve(output_, whole);
        launch(
            apply_kernel,
            whole,
            plan_,
            whole,
            values_.data(),
            frames_of(audio),
            frames_of(output_.samples())
        );
        auto const frames = chunks.frames;
        auto const hops = (frames + kTraceHopFrames - 1) / kTraceHopFrames;
        auto* const trace = trace_db_.append(hops);
        launch(trace_kernel, hops, values_.data(), plan_.streams, whole, frames, hops, trace);
        return output_.view(frames, chunks.position);
    }

    [[nodiscard]] std::vector<float> trace_db() const {
        return trace_db_.fetch();
    }

  private:
    /// Gain reduction in dB of whole chunks, [streams][frames] in values_.
    void detect(float2 const* key, std::int64_t chunks) {
        auto const frames = chunks * kChunkFrames;
        values_.reserve(frames * kChannels);
        auto* const values = values_.data();
        bool const louder = plan_.streams == 1 && !plan_.is_rms; // known before any filter
        launch(power_kernel, frames, key, frames, louder, values);
        if (plan_.is_rms) {
            smoother_.run(values, chunks, kLaneFrames);
        }
        launch(curve_kernel, frames, plan_, frames, values);
        if (!plan_.is_branching) {
            decoupled_.run(values, chunks, kLaneFrames);
        } else if (chunks > 0) {
            auto* const states = branching_states_.data();
            launch_blocks(
                branching_kernel, plan_.streams, kWarpThreads, plan_, frames, values, states
            );
        }
    }

    Plan plan_;
    Smoother smoother_;
    DecoupledDetector decoupled_;
    DeviceBuffer<double> branching_states_; ///< [streams], dB
    DeviceBuffer<float> values_;            ///< [2][frames]
    AudioBuffer output_;
    DeviceTrace trace_db_;
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_dynamics(DynamicsSettings const& settings) {
    return dynamics::make_stage<DeviceQueue, Compressor>(settings, Memory::device);
}

} // namespace stemlathe::cuda
