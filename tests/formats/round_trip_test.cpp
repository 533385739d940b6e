#include "formats/reader.hpp"
#include "formats/writer.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace stemlathe::test {

namespace {

struct Lossless {
    Container container;
    SampleFormat input;
    int bit_depth;
    SampleFormat packed; ///< what Reader delivers
    char const* name;

    friend void PrintTo(Lossless const& value, std::ostream* out) {
        *out << value.name;
    }
};

constexpr auto kPcm16 = SampleFormat::pcm_16;
constexpr auto kPcm24 = SampleFormat::pcm_24;
constexpr auto kPcm32 = SampleFormat::pcm_32;
constexpr auto kFloat = SampleFormat::float_32;

class RoundTrip : public ::testing::TestWithParam<Lossless> {
  protected:
    [[nodiscard]] EncodeSettings settings(int channels) const {
        return {
            .container = GetParam().container,
            .input = GetParam().input,
            .bit_depth = GetParam().bit_depth,
            .rate_hz = 96'000,
            .channels = channels};
    }

    [[nodiscard]] std::vector<std::byte> noise(int channels, std::int64_t frames) const {
        return packed_noise(GetParam().input, channels, frames, GetParam().bit_depth);
    }

    /// The samples as Reader packs them: integers without their low zero bytes.
    [[nodiscard]] std::vector<std::byte> as_read(std::vector<std::byte> const& samples) const {
        auto const from = static_cast<std::size_t>(bytes_per_sample(GetParam().input));
        auto const to = static_cast<std::size_t>(bytes_per_sample(GetParam().packed));
        std::vector<std::byte> read;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            if (i % from >= from - to) {
                read.push_back(samples[i]);
            }
        }
        return read;
    }

    TempFolder folder;
};

TEST_P(RoundTrip, GivesBackEveryBit) {
    for (int const channels : {1, 2}) {
        for (std::int64_t const frames : {1, 2, 5, 4096, 20'001}) {
            auto const samples = noise(channels, frames);
            write_media(folder / "a", settings(channels), samples);
            auto const read = read_media(folder / "a");
            EXPECT_EQ(read.info.container, GetParam().container);
            EXPECT_EQ(read.info.rate_hz, 96'000);
            EXPECT_EQ(read.info.channels, channels);
            EXPECT_EQ(read.info.frames, frames);
            EXPECT_EQ(read.info.bit_depth, GetParam().bit_depth);
            EXPECT_EQ(read.info.is_float, GetParam().input == kFloat);
            ASSERT_EQ(read.info.packed, GetParam().packed);
            EXPECT_TRUE(read.samples == as_read(samples)) << channels << " channels, " << frames;
        }
    }
}

TEST_P(RoundTrip, WritesTheSameBytesTwice) {
    auto const samples = noise(2, 12'345);
    write_media(folder / "a", settings(2), samples);
    write_media(folder / "b", settings(2), samples);
    EXPECT_TRUE(read_bytes(folder / "a") == read_bytes(folder / "b"));
}

TEST_P(RoundTrip, ReadsTheSameAfterASeek) {
    auto const written = noise(2, 10'000);
    write_media(folder / "a", settings(2), written);
    auto const samples = as_read(written);
    Reader reader{folder / "a"};
    auto const frame_bytes = static_cast<std::size_t>(2 * bytes_per_sample(GetParam().packed));
    std::vector<std::byte> block(100 * frame_bytes);
    for (std::int64_t const frame : {9'950, 0, 4'097, 4'096}) {
        reader.seek(frame);
        auto const got = static_cast<std::size_t>(reader.read(block, 100));
        ASSERT_EQ(got, frame == 9'950 ? 50U : 100U);
        auto const expected =
            std::span(samples).subspan(static_cast<std::size_t>(frame) * frame_bytes);
        EXPECT_TRUE(std::equal(
            block.begin(),
            block.begin() + static_cast<std::ptrdiff_t>(got * frame_bytes),
            expected.begin()
        )) << frame;
    }
    reader.seek(10'000);
    EXPECT_EQ(reader.read(block, 100), 0);
}

TEST_P(RoundTrip, RefusesAFileThatLostItsEnd) {
    write_media(folder / "whole", settings(2), noise(2, 20'000));
    auto bytes = read_bytes(folder / "whole");
    for (double const kept : {0.9, 0.5, 0.2}) {
        auto cut = bytes;
        cut.resize(static_cast<std::size_t>(kept * static_cast<double>(bytes.size())));
        write_bytes(folder / "cut", cut);
        auto const failure = failure_of([&] { (void)read_media(folder / "cut"); });
        ASSERT_TRUE(failure) << "read a file of which " << kept << " is there";
        EXPECT_EQ(failure->code(), Code::unreadable);
        EXPECT_NE(std::string{failure->what()}.find("cut off"), std::string::npos)
            << failure->what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Lossless,
    RoundTrip,
    ::testing::Values(
        Lossless{Container::wav, kPcm16, 16, kPcm16, "wav_16"},
        Lossless{Container::wav, kPcm24, 24, kPcm24, "wav_24"},
        Lossless{Container::wav, kPcm32, 32, kPcm32, "wav_32"},
        Lossless{Container::wav, kFloat, 32, kFloat, "wav_float"},
        Lossless{Container::rf64, kPcm16, 16, kPcm16, "rf64_16"},
        Lossless{Container::rf64, kPcm24, 24, kPcm24, "rf64_24"},
        Lossless{Container::rf64, kFloat, 32, kFloat, "rf64_float"},
        Lossless{Container::flac, kPcm32, 16, kPcm32, "flac_16"},
        Lossless{Container::flac, kPcm32, 24, kPcm32, "flac_24"},
        Lossless{Container::aiff, kPcm32, 16, kPcm32, "aiff_16"},
        Lossless{Container::aiff, kPcm32, 24, kPcm32, "aiff_24"},
        Lossless{Container::aiff, kFloat, 32, kFloat, "aiff_float"},
        Lossless{Container::caf, kPcm32, 24, kPcm32, "caf_24"},
        Lossless{Container::caf, kFloat, 32, kFloat, "caf_float"},
        Lossless{Container::w64, kPcm32, 16, kPcm16, "w64_16"},
        Lossless{Container::w64, kPcm32, 24, kPcm24, "w64_24"},
        Lossless{Container::w64, kPcm32, 32, kPcm32, "w64_32"},
        Lossless{Container::w64, kFloat, 32, kFloat, "w64_float"}
    ),
    [](auto const& variant) { return std::string{variant.param.name}; }
);

} // namespace

} // namespace stemlathe::test
