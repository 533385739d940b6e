#include "kernels/cuda/lanes.cuh"

namespace stemlathe::cuda {

namespace {

/// What a one-pole makes of rest.
struct SmoothFromRest {
    static constexpr bool kWrites = false;
    OnePole pole;
    double* ends;
    double state = 0.0;

    __device__ void begin(std::int64_t) {}

    __device__ float step(float x) {
        state = smoothed(pole, state, static_cast<double>(x));
        return 0.0F;
    }

    __device__ void end(std::int64_t lane) const {
        ends[lane] = state;
    }
};

struct Smooth {
    static constexpr bool kWrites = true;
    OnePole pole;
    double const* starts;
    double state = 0.0;

    __device__ void begin(std::int64_t lane) {
        state = starts[lane];
    }

    __device__ float step(float x) {
        state = smoothed(pole, state, static_cast<double>(x));
        return static_cast<float>(state);
    }

    __device__ void end(std::int64_t) const {}
};

/// What the first half of a decoupled detector makes of rest, and what its one-pole alone does.
struct ReleaseFromRest {
    static constexpr bool kWrites = false;
    OnePole pole;
    double* released_ends;
    double* falling_ends;
    double state = 0.0;
    double falling = 0.0;

    __device__ void begin(std::int64_t) {}

    __device__ float step(float x) {
        state = released(pole, state, static_cast<double>(x));
        falling = smoothed(pole, falling, static_cast<double>(x));
        return 0.0F;
    }

    __device__ void end(std::int64_t lane) const {
        released_ends[lane] = state;
        falling_ends[lane] = falling;
    }
};

/// The first half from its true start, and what the second half makes of rest behind it.
struct SecondHalfFromRest {
    static constexpr bool kWrites = false;
    OnePole release;
    OnePole smoothing;
    double const* released_starts;
    double* smoothed_ends;
    double first = 0.0;
    double second = 0.0;

    __device__ void begin(std::int64_t lane) {
        first = released_starts[lane];
    }

    __device__ float step(float x) {
        first = released(release, first, static_cast<double>(x));
        second = smoothed(smoothing, second, first);
        return 0.0F;
    }

    __device__ void end(std::int64_t lane) const {
        smoothed_ends[lane] = second;
    }
};

struct Decoupled {
    static constexpr bool kWrites = true;
    OnePole release;
    OnePole smoothing;
    double const* released_starts;
    double const* smoothed_starts;
    DetectorOutput output;
    double first = 0.0;
    double second = 0.0;

    __device__ void begin(std::int64_t lane) {
        first = released_starts[lane];
        second = smoothed_starts[lane];
    }

    __device__ float step(float x) {
        first = released(release, first, static_cast<double>(x));
        second = smoothed(smoothing, second, first);
        return static_cast<float>(
            output == DetectorOutput::larger ? larger(first, second) : second
        );
    }

    __device__ void end(std::int64_t) const {}
};

/// One thread per stream walks its lanes in order.
__global__ void fold_smoothed_kernel(
    OnePole pole,
    double negligible,
    std::int64_t streams,
    std::int64_t lanes,
    double const* __restrict__ ends,
    double* __restrict__ starts,
    double* states
) {
    for (auto stream = first_index(); stream < streams; stream += grid_size()) {
        double state = states[stream];
        for (auto i = stream * lanes; i < (stream + 1) * lanes; ++i) {
            starts[i] = state;
            state = smoothed_lane(pole, state, ends[i]);
            if ((i + 1) % kLanes == 0) {
                state = at_chunk_boundary(state, negligible);
            }
        }
        states[stream] = state;
    }
}

__global__ void fold_released_kernel(
    OnePole pole,
    double negligible,
    std::int64_t streams,
    std::int64_t lanes,
    double const* __restrict__ released_ends,
    double const* __restrict__ falling_ends,
    double* __restrict__ starts,
    double* states
) {
    for (auto stream = first_index(); stream < streams; stream += grid_size()) {
        double state = states[stream];
        for (auto i = stream * lanes; i < (stream + 1) * lanes; ++i) {
            starts[i] = state;
            state = released_lane(pole, state, released_ends[i], falling_ends[i]);
            if ((i + 1) % kLanes == 0) {
                state = at_chunk_boundary(state, negligible);
            }
        }
        states[stream] = state;
    }
}

} // namespace

Smoother::Smoother(OnePole const& pole, std::int64_t streams, double negligible)
    : pole_(pole), streams_(streams), negligible_(negligible), states_(streams) {
    fill_zero(states_.data(), streams);
}

void Smoother::run(float* values, std::int64_t chunks, std::int64_t steps) {
    auto const lanes = chunks * kLanes; // of a stream; a multiple of kLanes, so chunks line up
    auto const all = streams_ * lanes;
    ends_.reserve(all);
    starts_.reserve(all);
    run_lanes(values, all, steps, SmoothFromRest{pole_, ends_.data()});
    launch(
        fold_smoothed_kernel,
        chunks > 0 ? streams_ : 0,
        pole_,
        negligible_,
        streams_,
        lanes,
        ends_.data(),
        starts_.data(),
        states_.data()
    );
    run_lanes(values, all, steps, Smooth{pole_, starts_.data()});
}

DecoupledDetector::DecoupledDetector(
    OnePole const& release,
    OnePole const& smoothing,
    std::int64_t streams,
    double negligible,
    DetectorOutput output
)
    : release_(release),
      smoothing_(smoothing),
      streams_(streams),
      negligible_(negligible),
      output_(output),
      released_states_(streams),
      smoothed_states_(streams) {
    fill_zero(released_states_.data(), streams);
    fill_zero(smoothed_states_.data(), streams);
}

void DecoupledDetector::run(float* values, std::int64_t chunks, std::int64_t steps) {
    auto const lanes = chunks * kLanes;
    auto const all = streams_ * lanes;
    auto const threads = chunks > 0 ? streams_ : 0;
    for (auto* const buffer :
         {&released_ends_, &falling_ends_, &smoothed_ends_, &released_starts_, &smoothed_starts_}) {
        buffer->reserve(all);
    }
    run_lanes(
        values, all, steps, ReleaseFromRest{release_, released_ends_.data(), falling_ends_.data()}
    );
    launch(
        fold_released_kernel,
        threads,
        release_,
        negligible_,
        streams_,
        lanes,
        released_ends_.data(),
        falling_ends_.data(),
        released_starts_.data(),
        released_states_.data()
    );
    run_lanes(
        values,
        all,
        steps,
        SecondHalfFromRest{release_, smoothing_, released_starts_.data(), smoothed_ends_.data()}
    );
    launch(
        fold_smoothed_kernel,
        threads,
        smoothing_,
        negligible_,
        streams_,
        lanes,
        smoothed_ends_.data(),
        smoothed_starts_.data(),
        smoothed_states_.data()
    );
    run_lanes(
        values,
        all,
        steps,
        Decoupled{release_, smoothing_, released_starts_.data(), smoothed_starts_.data(), output_}
    );
}

} // namespace stemlathe::cuda
