#include "bench/support/each_backend.hpp"
#include "host/pipeline/survey.hpp"
#include "host/session/scan.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

namespace stemlathe::bench {

namespace {

constexpr double kSong_s = 180.0;
constexpr int kRate_hz = 44'100;

/// What lies beside the stems: the difference between two is what the null test costs.
enum class Mix { none, exact, limited, late_stem };

/// Five stems of three minutes, and a mix of them.
void write_song(std::filesystem::path const& folder, Mix mix) {
    test::write_session(folder, kSong_s, kRate_hz);
    test::Signal sum;
    for (auto const& stem : scan_session(folder).stems) {
        auto const signal = test::read_audio(stem.path);
        sum = sum.empty() ? signal : test::sum_of(sum, signal);
        if (mix == Mix::late_stem && stem.role == Role::bass) {
            auto late = test::delayed(signal, 441);
            late.resize(signal.size());
            test::write_stem_24(stem.path, late, kRate_hz);
        }
    }
    if (mix == Mix::limited) {
        std::ranges::transform(sum, sum.begin(), [](float value) {
            return std::tanh(2.0F * value) / 2.0F;
        });
    }
    if (mix != Mix::none) {
        test::write_stem_24(folder / "Reference_Mix.wav", sum, kRate_hz);
    }
}

/// The survey, which the null test is part of.
void survey_with_mix(benchmark::State& state) {
    auto const backend = open_for(state);
    if (!backend) {
        return;
    }
    test::TempFolder const folder;
    write_song(folder.path(), static_cast<Mix>(state.range(1)));
    auto const session = scan_session(folder.path());
    Tasks tasks{static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))};
    for ([[maybe_unused]] auto round : state) {
        Run run{tasks, {}, {}};
        run.segment_frames = backend->info().segment_frames;
        benchmark::DoNotOptimize(
            survey(session, {.from_frame = 0, .frames = session.frames}, *backend, run)
        );
    }
    report(state, session.frames, kRate_hz);
}

BENCHMARK(survey_with_mix)
    ->ArgNames({"cuda", "mix"})
    ->ArgsProduct({{0, 1}, {0, 1, 2, 3}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

} // namespace

} // namespace stemlathe::bench
