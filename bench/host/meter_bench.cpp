#include "bench/support/each_backend.hpp"
#include "host/loudness/meter.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wav_files.hpp"

#include <ebur128.h>

#include <algorithm>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kFrames = 180LL * kRate_hz;

/// Three minutes as a delivery leaves them: limited to a ceiling, 24 bits.
void write_master(std::filesystem::path const& path) {
    auto signal = test::pink_noise({.level_dbfs = -12.0, .frames = kFrames});
    std::vector<std::byte> bytes;
    for (float& value : signal) {
        value = std::clamp(value, -0.89F, 0.89F);
        auto const word = static_cast<std::uint32_t>(static_cast<std::int32_t>(value * 0x1p23F));
        for (unsigned const shift : {0U, 8U, 16U}) {
            bytes.push_back(static_cast<std::byte>((word >> shift) & 0xFFU));
        }
    }
    test::write_packed_wav(
        path, {.bytes = bytes, .frames = kFrames}, SampleFormat::pcm_24, kRate_hz, 2
    );
}

/// Everything that is reported of a delivery, from the file on disk.
void meter_of_a_file(benchmark::State& state) {
    test::TempFolder const folder;
    auto const path = folder.path() / "master.wav";
    write_master(path);
    for (auto _ : state) {
        benchmark::DoNotOptimize(measure_file(path));
    }
    report(state, kFrames, kRate_hz);
}

/// The rival, from memory: the floor (mode I is a part of the meter above), and what true peak
/// costs there.
void meter_libebur128(benchmark::State& state, int mode) {
    auto const noise = test::pink_noise({.frames = kFrames});
    for (auto _ : state) {
        auto* meter = ebur128_init(2, kRate_hz, mode);
        static_cast<void>(
            ebur128_add_frames_float(meter, noise.data(), static_cast<std::size_t>(kFrames))
        );
        double integrated = 0.0;
        static_cast<void>(ebur128_loudness_global(meter, &integrated));
        benchmark::DoNotOptimize(integrated);
        ebur128_destroy(&meter);
    }
    report(state, kFrames, kRate_hz);
}

BENCHMARK(meter_of_a_file)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(meter_libebur128, integrated, EBUR128_MODE_I)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(
    meter_libebur128, integrated_and_true_peak, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK
)
    ->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
