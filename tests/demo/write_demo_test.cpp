#include "formats/reader.hpp"
#include "host/demo/write_demo.hpp"
#include "host/run.hpp"
#include "kernels/base/failure.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace stemlathe::test {
namespace {

constexpr std::array<char const*, 6> kAudioFiles{
    "01_Drums.wav",
    "02_Bass.wav",
    "03_Vocals.wav",
    "04_Instruments.wav",
    "05_FX.wav",
    "Reference_Mix.wav"};
constexpr std::array<char const*, 3> kTextFiles{"session.toml", "comments.txt", "planted.json"};

/// A folder of its own for each test, removed afterwards.
class WriteDemo : public ::testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (std::filesystem::temp_directory_path() / "stemlathe-demo-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }

    void TearDown() override {
        std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] std::filesystem::path
    write(std::string const& name, DemoSettings const& settings, int threads = 2) const {
        Tasks tasks{threads};
        stemlathe::Run run{tasks, {}, {}};
        write_demo(folder_ / name, settings, run);
        return folder_ / name;
    }

    std::filesystem::path folder_;
};

std::string bytes_of(std::filesystem::path const& path) {
    std::ifstream file{path, std::ios::binary};
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<std::int32_t> steps_of(std::filesystem::path const& path) {
    Reader reader{path};
    std::vector<std::byte> bytes(static_cast<std::size_t>(reader.info().frames) * 6);
    EXPECT_EQ(reader.read(bytes, reader.info().frames), reader.info().frames);
    std::vector<std::int32_t> steps;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        auto const word = std::to_integer<std::uint32_t>(bytes[at]) << 8U |
                          std::to_integer<std::uint32_t>(bytes[at + 1]) << 16U |
                          std::to_integer<std::uint32_t>(bytes[at + 2]) << 24U;
        steps.push_back(static_cast<std::int32_t>(word) >> 8);
    }
    return steps;
}

TEST_F(WriteDemo, WritesTheSameBytesTwiceAndOnAnyNumberOfThreads) {
    auto const one = write("one", {.seconds = 5.0, .seed = 7}, 1);
    auto const two = write("two", {.seconds = 5.0, .seed = 7}, 2);
    for (auto const* name : kAudioFiles) {
        EXPECT_EQ(bytes_of(one / name), bytes_of(two / name)) << name;
    }
    for (auto const* name : kTextFiles) {
        EXPECT_EQ(bytes_of(one / name), bytes_of(two / name)) << name;
    }
}

TEST_F(WriteDemo, WritesWaveFilesOfTheLengthRateAndDepthAskedFor) {
    for (int const rate_hz : {44'100, 96'000, 192'000}) {
        auto const folder = write("demo", {.seconds = 1.0, .rate_hz = rate_hz});
        for (auto const* name : kAudioFiles) {
            auto const info = Reader{folder / name}.info();
            EXPECT_EQ(info.container, Container::wav);
            EXPECT_EQ(info.packed, SampleFormat::pcm_24);
            EXPECT_EQ(info.channels, 2);
            EXPECT_EQ(info.rate_hz, rate_hz);
            EXPECT_EQ(info.frames, rate_hz);
        }
    }
}

TEST_F(WriteDemo, MixesTheReferenceAsTheExactSumOfTheStems) {
    auto const folder = write("demo", {.seconds = 6.0});
    auto sum = steps_of(folder / kAudioFiles[0]);
    for (std::size_t stem = 1; stem < 5; ++stem) {
        auto const steps = steps_of(folder / kAudioFiles[stem]);
        ASSERT_EQ(steps.size(), sum.size());
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += steps[i];
        }
    }
    EXPECT_EQ(steps_of(folder / kAudioFiles[5]), sum);
}

TEST_F(WriteDemo, LeavesNothingElseInTheFolder) {
    auto const folder = write("demo", {.seconds = 1.0});
    std::size_t files = 0;
    for ([[maybe_unused]] auto const& entry : std::filesystem::directory_iterator{folder}) {
        ++files;
    }
    EXPECT_EQ(files, kAudioFiles.size() + kTextFiles.size());
}

TEST_F(WriteDemo, LeavesNothingBehindWhenItIsStopped) {
    Tasks tasks{1};
    std::stop_source stop;
    stemlathe::Run run{tasks, stop.get_token(), [&](Progress const&) {
                           stop.request_stop();
                       }};
    stop.request_stop();
    EXPECT_THROW(write_demo(folder_ / "demo", {.seconds = 10.0}, run), Failure);
    EXPECT_TRUE(
        !std::filesystem::exists(folder_ / "demo") || std::filesystem::is_empty(folder_ / "demo")
    );
}

TEST_F(WriteDemo, SaysSoWhereItCannotWrite) {
    std::ofstream{folder_ / "file"} << "not a folder";
    EXPECT_THROW(static_cast<void>(write("file/demo", {.seconds = 1.0})), Failure);
}

} // namespace
} // namespace stemlathe::test
