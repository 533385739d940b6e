#include "bench/support/each_backend.hpp"
#include "bench/support/stage_bench.hpp"

namespace stemlathe::bench {

namespace {

void place(benchmark::State& state) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const stage = backend->make_placement(width_and_pan_matrix(1.2, 0.3));
    run_stage(state, *backend, *stage, 1);
}

BENCHMARK(place)->ArgName("cuda")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
