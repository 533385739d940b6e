#include "bench/support/each_backend.hpp"
#include "host/pipeline/master.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <thread>

namespace stemlathe::bench {

namespace {

constexpr double kSong_s = 180.0;
constexpr int kRate_hz = 44'100;

/// The whole job as a customer sees it: five 24-bit stems of three minutes, five WAV deliveries,
/// report and verification. Stage times are the last round's.
void master_stems(benchmark::State& state, VersionWish const& versions) {
    auto const backend = open_for(state);
    if (!backend) {
        return;
    }
    test::TempFolder const folder;
    test::write_session(folder.path() / "song", kSong_s, kRate_hz);
    Tasks tasks{static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))};
    MasteringReport last;
    for ([[maybe_unused]] auto round : state) {
        Run run{tasks, {}, {}};
        last = master(
            {.session = folder.path() / "song", .out = folder.path() / "out", .versions = versions},
            *backend,
            run
        );
    }
    for (auto const& stage : last.timing.stages) {
        state.counters[stage.name + "_s"] = stage.wall_s;
    }
    state.counters["threads"] = tasks.threads();
    report(state, static_cast<std::int64_t>(kSong_s * kRate_hz), kRate_hz);
}

void master_five_stems(benchmark::State& state) {
    master_stems(state, {});
}

/// The same with two versions beside each delivery: fifteen files for five.
void master_five_stems_with_two_versions(benchmark::State& state) {
    master_stems(state, {.names = {"instrumental", "acappella"}});
}

BENCHMARK(master_five_stems_with_two_versions)
    ->ArgName("cuda")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

BENCHMARK(master_five_stems)
    ->ArgName("cuda")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

} // namespace

} // namespace stemlathe::bench
