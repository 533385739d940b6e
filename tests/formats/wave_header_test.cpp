#include "formats/reader.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/formats/wave_bytes.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace stemlathe::test {

namespace {

class WaveHeader : public ::testing::Test {
  protected:
    [[nodiscard]] ReadMedia read(Bytes const& bytes) const {
        write_bytes(folder / "a.wav", bytes);
        return read_media(folder / "a.wav");
    }

    /// The fault that reading `bytes` ends with.
    [[nodiscard]] std::optional<MediaFault> fault(Bytes const& bytes) const {
        try {
            (void)read(bytes);
        } catch (MediaFailure const& failure) {
            return failure.fault();
        }
        return std::nullopt;
    }

    TempFolder folder;
    Bytes audio = counting_bytes(400); // 100 frames of 16-bit stereo
    Bytes format = format_chunk({});
};

TEST_F(WaveHeader, IsReadWhateverStandsAroundTheAudio) {
    auto const media = read(wave_of(
        {chunk("JUNK", counting_bytes(27)),
         format,
         chunk("LIST", text_bytes("adtlxxxx")),
         chunk("data", audio),
         chunk("LIST", text_bytes(std::string_view{"INFOINAM\x05\0\0\0Song\0\0", 18}))}
    ));
    EXPECT_EQ(media.info.frames, 100);
    EXPECT_EQ(media.info.title, "Song");
    EXPECT_FALSE(media.info.streaming_header);
    EXPECT_TRUE(media.samples == audio);
}

TEST_F(WaveHeader, GoesByTheFileWhereAStreamNeverSaidItsLength) {
    for (std::uint32_t const claimed : {0xFFFF'FFFFU, 0U, 0x7FFF'F000U, 0x8000'0000U}) {
        auto const media = read(wave_of(
            {format, chunk_claiming("data", claimed, audio)}, "RIFF", claimed == 0 ? 0 : 0xFFFF'FFFF
        ));
        EXPECT_TRUE(media.info.streaming_header) << claimed;
        EXPECT_TRUE(media.samples == audio) << claimed;
    }
}

TEST_F(WaveHeader, IsRefusedWhereItPromisesMoreThanThereIs) {
    auto const cut = wave_of({format, chunk_claiming("data", 40'000, audio)});
    EXPECT_EQ(fault(cut), MediaFault::truncated);
    EXPECT_TRUE(fails_with(
        Code::unreadable,
        "0.206 s of the 0.208 s that its header promises are missing",
        [&] { (void)read(cut); }
    ));
}

TEST_F(WaveHeader, DropsAHalfFrameAtTheEnd) {
    Bytes odd = audio;
    odd.resize(403);
    EXPECT_EQ(read(wave_of({format, chunk("data", odd)})).info.frames, 100);
}

TEST_F(WaveHeader, KnowsEmptyFromDamaged) {
    EXPECT_EQ(fault({}), MediaFault::empty);
    EXPECT_EQ(fault(wave_of({format, chunk("data", {})})), MediaFault::empty);
    EXPECT_EQ(fault(wave_of({format})), MediaFault::truncated);
    EXPECT_EQ(fault(wave_of({chunk("data", audio), format})), MediaFault::unreadable);
    EXPECT_EQ(
        fault(wave_of({chunk("fmt ", counting_bytes(7)), chunk("data", audio)})),
        MediaFault::unreadable
    );
    EXPECT_EQ(fault(text_bytes("RIFF")), MediaFault::unreadable);
    EXPECT_EQ(fault(text_bytes("This is not audio at all.")), MediaFault::unreadable);
}

TEST_F(WaveHeader, RefusesFormatsThatCannotBe) {
    auto const data = chunk("data", audio);
    EXPECT_EQ(fault(wave_of({format_chunk({.channels = 0}), data})), MediaFault::unreadable);
    EXPECT_EQ(fault(wave_of({format_chunk({.tag = 2}), data})), MediaFault::unreadable);
    EXPECT_EQ(fault(wave_of({format_chunk({.tag = 3, .bits = 16}), data})), MediaFault::unreadable);
    for (std::uint32_t const rate_hz : {0U, 1U, 7'999U, 384'001U, 0xFFFF'FFFFU}) {
        EXPECT_TRUE(fails_with(Code::unreadable, "sample rate", [&] {
            (void)read(wave_of({format_chunk({.rate_hz = rate_hz}), data}));
        })) << rate_hz;
    }
}

TEST_F(WaveHeader, CountsMoreChannelsThanAStemMayHave) {
    EXPECT_EQ(
        read(wave_of({format_chunk({.channels = 4}), chunk("data", audio)})).info.channels, 4
    );
}

TEST_F(WaveHeader, ReadsTheExtensibleForm) {
    Bytes body;
    formats::put_little_endian(body, std::uint16_t{0xFFFE});
    formats::put_little_endian(body, std::uint16_t{2});
    formats::put_little_endian(body, std::uint32_t{48'000});
    formats::put_little_endian(body, std::uint32_t{48'000 * 6});
    formats::put_little_endian(body, std::uint16_t{6});
    formats::put_little_endian(body, std::uint16_t{24});
    formats::put_little_endian(body, std::uint16_t{22});
    formats::put_little_endian(body, std::uint16_t{20}); // valid bits
    formats::put_little_endian(body, std::uint32_t{3});
    formats::put_little_endian(body, std::uint16_t{1}); // PCM, then the rest of the GUID
    body.resize(40);
    auto const media = read(wave_of({chunk("fmt ", body), chunk("data", counting_bytes(600))}));
    EXPECT_EQ(media.info.codec, "pcm_24");
    EXPECT_EQ(media.info.bit_depth, 20);
    EXPECT_EQ(media.info.frames, 100);
}

TEST_F(WaveHeader, TakesTheLongLengthOfRf64) {
    Bytes sizes;
    formats::put_little_endian(sizes, std::uint64_t{1'000});
    formats::put_little_endian(sizes, std::uint64_t{400});
    formats::put_little_endian(sizes, std::uint64_t{100});
    formats::put_little_endian(sizes, std::uint32_t{0});
    auto const media = read(wave_of(
        {chunk("ds64", sizes), format, chunk_claiming("data", 0xFFFF'FFFF, audio)},
        "RF64",
        0xFFFF'FFFF
    ));
    EXPECT_EQ(media.info.container, Container::rf64);
    EXPECT_EQ(media.info.frames, 100);
    EXPECT_FALSE(media.info.streaming_header);
}

TEST_F(WaveHeader, SurvivesTenThousandChunks) {
    Bytes many;
    for (int i = 0; i < 10'000; ++i) {
        formats::put_bytes(many, chunk("JUNK", {}));
    }
    EXPECT_EQ(fault(wave_of({many, format, chunk("data", audio)})), MediaFault::truncated);
}

/// Sparse: it takes no room on the disk.
TEST_F(WaveHeader, FindsTheTrueLengthOfAWaveBeyondFourGiB) {
    constexpr std::int64_t kData = (1LL << 32U) + 400;
    write_bytes(folder / "a.wav", wave_of({format, chunk_claiming("data", 400, {})}, "RIFF", 436));
    ASSERT_EQ(::truncate((folder / "a.wav").c_str(), 44 + kData), 0);
    Reader const reader{folder / "a.wav"};
    EXPECT_EQ(reader.info().frames, kData / 4);
    EXPECT_TRUE(reader.info().streaming_header);
}

TEST_F(WaveHeader, BecomesRf64WhereAWaveCannotCountItsBytes) {
    auto const samples = packed_noise(SampleFormat::pcm_24, 2, 1'000, 24);
    EncodeSettings settings{};
    settings.rf64_threshold_bytes = 6'000;
    write_media(folder / "a.wav", settings, samples);
    EXPECT_EQ(read_media(folder / "a.wav").info.container, Container::wav);
    settings.rf64_threshold_bytes = 5'999;
    write_media(folder / "a.wav", settings, samples);
    auto const media = read_media(folder / "a.wav");
    EXPECT_EQ(media.info.container, Container::rf64);
    EXPECT_FALSE(media.info.wrong_content) << "an RF64 may be called .wav";
    EXPECT_TRUE(media.samples == samples);
}

} // namespace

} // namespace stemlathe::test
