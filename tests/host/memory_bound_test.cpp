#include "formats/writer.hpp"
#include "host/pipeline/master.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <span>

namespace stemlathe::test {

namespace {

constexpr int kRate_hz = 48'000;

/// What may grow with the song: energies per 100 ms, screens, traces.
constexpr std::int64_t kGrowth_bytes = 32LL << 20U;

/// One mono 16-bit file under five stems' names: pulsed noise, written in pieces.
void write_long_session(std::filesystem::path const& folder, int minutes) {
    std::filesystem::create_directories(folder);
    auto const frames = static_cast<std::int64_t>(minutes) * 60 * kRate_hz;
    Writer writer{
        folder / "01_Drums.wav",
        {.input = SampleFormat::pcm_16,
         .bit_depth = 16,
         .rate_hz = kRate_hz,
         .channels = 1,
         .frames_expected = frames}};
    std::vector<std::int16_t> second(kRate_hz);
    for (std::int64_t at = 0; at < frames; at += kRate_hz) {
        for (std::size_t i = 0; i < second.size(); ++i) {
            double const pulse = std::exp(-static_cast<double>(i % 12'000) / 3000.0);
            auto const noise = uniform(7, static_cast<std::uint64_t>(at) + i) - 0.5;
            second[i] = static_cast<std::int16_t>(std::lround(6000.0 * pulse * noise));
        }
        writer.write({.bytes = std::as_bytes(std::span{second}), .frames = kRate_hz});
    }
    writer.finish();
    for (auto const* name : {"02_Bass", "03_Vocals", "04_Instruments", "05_FX"}) {
        std::filesystem::create_symlink("01_Drums.wav", folder / (std::string{name} + ".wav"));
    }
}

/// Largest resident size of a process of its own that masters `session`; 0 if it failed.
std::int64_t peak_bytes(std::filesystem::path const& session, std::filesystem::path const& out) {
    auto const child = ::fork();
    if (child == 0) {
        try {
            auto const backend = open_backend(parse_backend_choice("cpu"));
            Tasks tasks{2};
            Run run{tasks, {}, {}};
            run.scratch_directory = session.parent_path();
            (void)master({.session = session, .out = out}, *backend, run);
            ::_exit(0);
        } catch (std::exception const& failure) {
            ADD_FAILURE() << failure.what(); // printed here, counted by the exit code
            ::_exit(1);
        }
    }
    int status = 0;
    rusage usage{};
    EXPECT_EQ(::wait4(child, &status, 0, &usage), child);
    return status == 0 ? static_cast<std::int64_t>(usage.ru_maxrss) * 1024 : 0;
}

TEST(MemoryBound, DoesNotGrowWithTheSong) {
    TempFolder const folder;
    std::array<std::int64_t, 2> peaks{};
    for (std::size_t i = 0; i < 2; ++i) {
        auto const session = folder.path() / (i == 0 ? "short" : "long");
        write_long_session(session, i == 0 ? 10 : 40);
        peaks[i] = peak_bytes(session, folder.path() / "out");
        ASSERT_GT(peaks[i], 0);
        std::filesystem::remove_all(session);
    }
    RecordProperty("ten_minutes_bytes", std::to_string(peaks[0]));
    RecordProperty("forty_minutes_bytes", std::to_string(peaks[1]));
    EXPECT_LT(peaks[1] - peaks[0], kGrowth_bytes) << peaks[0] << " and " << peaks[1];
    EXPECT_LT(peaks[1], 1LL << 30U);
}

} // namespace

} // namespace stemlathe::test
