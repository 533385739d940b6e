#include "bench/support/each_backend.hpp"
#include "kernels/base/units.hpp"
#include "tests/support/signals.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kSegmentFrames = 32'768;
constexpr std::int64_t kSegments = 32; ///< about 24 s

/// Ten seconds of drums over and over, and its screen: sample peaks raised by 3 dB, which is more
/// than drums hide between samples.
struct Song {
    std::vector<float> samples;
    std::shared_ptr<std::vector<float>> screen = std::make_shared<std::vector<float>>();
};

Song make_song() {
    constexpr auto kFrames = kSegments * kSegmentFrames;
    Song song{.samples = test::bursts({.level_dbfs = -18.0, .frames = kFrames, .seed = 4})};
    auto const raise = static_cast<float>(gain_from_db(3.0));
    song.screen->resize(kFrames / kScreenBlockFrames);
    for (std::size_t i = 0; i < song.samples.size(); ++i) {
        auto& most = (*song.screen)[i / (kScreenBlockFrames * kChannels)];
        most = std::max(most, raise * std::abs(song.samples[i]));
    }
    return song;
}

/// @param limited_percent  of the frames lie in blocks that the screen does not clear
void limit(benchmark::State& state, double limited_percent, bool with_screen) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const song = make_song();
    auto levels = *song.screen;
    std::ranges::sort(levels);
    auto const last = static_cast<double>(levels.size() - 1);
    auto const rank = static_cast<std::size_t>(last * (1.0 - limited_percent / 100.0));
    LimiterSettings settings{.rate_hz = kRate_hz, .ceiling_dbtp = -1.0};
    settings.drive_db = -1.0 - kScreenMargin_db - db_from_gain(levels[rank]);
    if (with_screen) {
        settings.screen = song.screen;
    }
    AudioBuffer buffer;
    auto const whole = backend->upload(song.samples, 0, buffer);
    auto const step_frames = std::max(kSegmentFrames, backend->info().segment_frames);
    std::vector<float> last_frame(kChannels);
    for (auto _ : state) {
        auto const stage = backend->make_limiter(settings);
        for (std::int64_t at = 0; at < whole.frames; at += step_frames) {
            auto const frames = std::min(step_frames, whole.frames - at);
            static_cast<void>(stage->process(whole.slice(at, frames)));
        }
        auto const out = stage->finish();
        backend->download(out.slice(out.frames - 1, 1), last_frame); // waits for a card
        benchmark::DoNotOptimize(last_frame.data());
    }
    report(state, whole.frames, kRate_hz);
}

void clear(benchmark::State& state) {
    limit(state, 0.0, true);
}

void some(benchmark::State& state) {
    limit(state, 2.0, true);
}

void loud(benchmark::State& state) {
    limit(state, 15.0, true);
}

void unscreened(benchmark::State& state) {
    limit(state, 2.0, false);
}

BENCHMARK(clear)->Name("limiter/all_blocks_clear")->Arg(0)->Arg(1);
BENCHMARK(some)->Name("limiter/2_percent_of_blocks_searched")->Arg(0)->Arg(1);
BENCHMARK(loud)->Name("limiter/15_percent_of_blocks_searched")->Arg(0)->Arg(1);
BENCHMARK(unscreened)->Name("limiter/without_a_screen")->Arg(0)->Arg(1);

} // namespace

} // namespace stemlathe::bench
