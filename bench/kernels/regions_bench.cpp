#include "bench/support/stage_bench.hpp"

#include <cstdint>

namespace stemlathe::bench {

namespace {

void treat(benchmark::State& state, RegionSettings const& settings) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const stage = backend->make_region(settings);
    run_stage(state, *backend, *stage, 1);
}

/// A region that never ends: its gain and equaliser over every frame.
RegionSettings endless() {
    return {
        .rate_hz = 44'100,
        .start_frame = 0,
        .end_frame = std::int64_t{1} << 40U,
        .fade_frames = 0,
        .gain_db = -1.5,
        .bands = {
            {.type = EqualiserType::bell, .hz = 7'000.0, .gain_db = -3.0, .q = 2.0, .points = {}}}};
}

void region_inside(benchmark::State& state) {
    treat(state, endless());
}

/// What a region costs the rest of the song.
void region_outside(benchmark::State& state) {
    auto settings = endless();
    settings.start_frame = settings.end_frame - 1;
    treat(state, settings);
}

BENCHMARK(region_inside)->ArgName("cuda")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(region_outside)->ArgName("cuda")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
