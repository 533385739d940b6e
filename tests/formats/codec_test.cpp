#include "formats/reader.hpp"
#include "formats/writer.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace stemlathe::test {

namespace {

/// rms of the difference over rms of the original, dB.
double residual_db(std::vector<std::byte> const& a, std::vector<std::byte> const& b) {
    double difference = 0.0;
    double level = 0.0;
    for (std::size_t at = 0; at < a.size(); at += sizeof(float)) {
        float x = 0.0F;
        float y = 0.0F;
        std::memcpy(&x, &a[at], sizeof x);
        std::memcpy(&y, &b[at], sizeof y);
        difference += (static_cast<double>(x) - y) * (static_cast<double>(x) - y);
        level += static_cast<double>(x) * x;
    }
    return 10.0 * std::log10(difference / level);
}

struct Lossy {
    char const* name;
    Container container;
    OggCodec codec;
    int rate_hz;
    double
        residual_db; ///< half-way between what the codec reaches and what one frame of shift costs

    friend void PrintTo(Lossy const& value, std::ostream* out) {
        *out << value.name;
    }
};

class LossyCodec : public ::testing::TestWithParam<Lossy> {
  protected:
    [[nodiscard]] EncodeSettings settings() const {
        return {
            .container = GetParam().container,
            .input = SampleFormat::float_32,
            .rate_hz = GetParam().rate_hz,
            .ogg_codec = GetParam().codec};
    }

    TempFolder folder;
    std::vector<std::byte> tone = packed_sine(2, 100'000, GetParam().rate_hz);
};

TEST_P(LossyCodec, KeepsLengthAlignmentAndLevel) {
    write_media(folder / "a", settings(), tone);
    auto const read = read_media(folder / "a");
    EXPECT_EQ(read.info.container, GetParam().container);
    EXPECT_EQ(read.info.codec, GetParam().name);
    EXPECT_EQ(read.info.frames, 100'000);
    EXPECT_EQ(read.info.bit_depth, 0);
    ASSERT_EQ(read.samples.size(), tone.size());
    EXPECT_LT(residual_db(tone, read.samples), GetParam().residual_db);
}

TEST_P(LossyCodec, WritesTheSameBytesTwice) {
    write_media(folder / "a", settings(), tone);
    write_media(folder / "b", settings(), tone);
    EXPECT_TRUE(read_bytes(folder / "a") == read_bytes(folder / "b"));
}

TEST_P(LossyCodec, TakesBlocksOfMillionsOfFrames) {
    std::vector<std::byte> const silence(2'000'000 * 2 * sizeof(float));
    auto wanted = settings();
    wanted.frames_expected = 2'000'000;
    Writer writer{folder / "a", wanted};
    writer.write({silence, 2'000'000});
    writer.finish();
    EXPECT_EQ(read_media(folder / "a").info.frames, 2'000'000);
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    LossyCodec,
    ::testing::Values(
        Lossy{"mp3", Container::mp3, OggCodec::vorbis, 44'100, -35.0},
        Lossy{"vorbis", Container::ogg, OggCodec::vorbis, 96'000, -32.0},
        Lossy{"opus", Container::ogg, OggCodec::opus, 48'000, -21.0}
    ),
    [](auto const& variant) { return std::string{variant.param.name}; }
);

TEST(Encoder, RefusesRatesItsCodecDoesNotKnow) {
    TempFolder const folder;
    for (auto const& [container, rate_hz, words] :
         {std::tuple{Container::mp3, 96'000, "MP3 needs"},
          std::tuple{Container::ogg, 44'100, "Opus needs"}}) {
        EncodeSettings const settings{
            .container = container,
            .input = SampleFormat::float_32,
            .rate_hz = rate_hz,
            .ogg_codec = OggCodec::opus};
        EXPECT_TRUE(fails_with(Code::invalid_plan, words, [&] {
            Writer const writer{folder / "a", settings};
        }));
    }
}

TEST(Encoder, SaysWhenTheDiskIsFull) {
    if (!std::filesystem::exists("/dev/full")) {
        GTEST_SKIP() << "this system has no /dev/full";
    }
    EXPECT_TRUE(fails_with(Code::storage_full, "/dev/full", [] {
        write_media("/dev/full", {}, packed_noise(SampleFormat::pcm_24, 2, 1'000, 24));
    }));
    EXPECT_TRUE(fails_with(Code::storage_full, "/dev/full", [] {
        write_media(
            "/dev/full",
            {.container = Container::flac, .input = SampleFormat::pcm_32},
            packed_noise(SampleFormat::pcm_32, 2, 100'000, 24)
        );
    }));
}

} // namespace

} // namespace stemlathe::test
