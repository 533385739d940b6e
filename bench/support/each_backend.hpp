#pragma once

#include "kernels/backend.hpp"
#include "kernels/base/failure.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

namespace stemlathe::bench {

/// The backend that a benchmark's first argument names: 0 cpu, 1 cuda. nullptr, with the reason
/// shown, where this machine has none.
[[nodiscard]] inline std::unique_ptr<Backend> open_for(benchmark::State& state) {
    try {
        return open_backend(parse_backend_choice(state.range(0) == 0 ? "cpu" : "cuda"));
    } catch (Failure const& failure) {
        state.SkipWithError(failure.what());
        return nullptr;
    }
}

/// Reports stereo frames as x realtime at `rate_hz` and as samples per second.
inline void report(benchmark::State& state, std::int64_t frames_per_iteration, int rate_hz) {
    auto const frames = static_cast<double>(frames_per_iteration);
    auto const rounds = static_cast<double>(state.iterations());
    state.counters["x_realtime"] =
        benchmark::Counter{frames / rate_hz * rounds, benchmark::Counter::kIsRate};
    state.counters["samples/s"] =
        benchmark::Counter{2.0 * frames * rounds, benchmark::Counter::kIsRate};
}

} // namespace stemlathe::bench
