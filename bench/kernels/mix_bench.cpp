#include "bench/support/each_backend.hpp"
#include "bench/support/stage_bench.hpp"

namespace stemlathe::bench {

namespace {

/// Second argument: how many stems.
void mix(benchmark::State& state) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const inputs = static_cast<int>(state.range(1));
    auto const stage = backend->make_mix({.inputs = inputs});
    run_stage(state, *backend, *stage, static_cast<std::size_t>(inputs));
}

BENCHMARK(mix)
    ->ArgNames({"cuda", "inputs"})
    ->ArgsProduct({{0, 1}, {2, 5, 64}})
    ->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
