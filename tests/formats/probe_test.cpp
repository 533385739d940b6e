#include "formats/jail/probe.hpp"
#include "formats/jail/sample_scan.hpp"
#include "formats/reader.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace stemlathe::test {

namespace {

std::vector<std::byte> packed(std::vector<float> const& samples) {
    std::vector<std::byte> bytes(samples.size() * sizeof(float));
    std::memcpy(bytes.data(), samples.data(), bytes.size());
    return bytes;
}

EncodeSettings floats(int channels) {
    return {.input = SampleFormat::float_32, .channels = channels};
}

TEST(Probe, TellsItsListenerEveryByteThatReaderGives) {
    TempFolder const folder;
    for (auto const container : {Container::wav, Container::flac}) {
        auto const input =
            container == Container::wav ? SampleFormat::pcm_24 : SampleFormat::pcm_32;
        write_media(
            folder / "a.wav",
            {.container = container, .input = input},
            packed_noise(input, 2, 300'000, 24) // more than a decoder's window holds
        );
        std::vector<std::byte> heard;
        auto const listen = [&](ProbeResult const& result, PackedAudio const& audio, auto first) {
            auto const frame_bytes = 2 * bytes_per_sample(result.media.packed);
            EXPECT_EQ(std::ssize(audio.bytes), audio.frames * frame_bytes);
            EXPECT_EQ(std::ssize(heard), first * frame_bytes);
            heard.insert(heard.end(), audio.bytes.begin(), audio.bytes.end());
        };
        static_cast<void>(probe(folder / "a.wav", {.listener = listen}));
        Reader reader{folder / "a.wav"};
        std::vector<std::byte> read(heard.size());
        EXPECT_EQ(reader.read(read, 300'000), 300'000);
        EXPECT_TRUE(heard == read);
    }
}

TEST(Probe, TellsItsListenerNothingOfBadSamples) {
    TempFolder const folder;
    write_media(
        folder / "a.wav", floats(1), packed({0.5F, std::numeric_limits<float>::quiet_NaN()})
    );
    auto const result = probe(folder / "a.wav", {.listener = [](auto const&, auto const&, auto) {
                                  FAIL() << "it heard a bad sample";
                              }});
    EXPECT_EQ(result.bad_samples, 1);
}

TEST(Probe, SaysWhatReaderSays) {
    TempFolder const folder;
    for (auto const container :
         {Container::wav,
          Container::rf64,
          Container::w64,
          Container::aiff,
          Container::caf,
          Container::flac}) {
        bool const is_wave = container == Container::wav || container == Container::rf64;
        auto const input = is_wave ? SampleFormat::pcm_24 : SampleFormat::pcm_32;
        write_media(
            folder / "a.wav",
            {.container = container, .input = input},
            packed_noise(input, 2, 300'000, 24)
        );
        auto const result = probe(folder / "a.wav");
        auto const info = Reader{folder / "a.wav"}.info();
        EXPECT_EQ(result.media.container, info.container);
        EXPECT_EQ(result.media.codec, info.codec);
        EXPECT_EQ(result.media.rate_hz, info.rate_hz);
        EXPECT_EQ(result.media.channels, info.channels);
        EXPECT_EQ(result.media.frames, 300'000);
        EXPECT_EQ(result.media.bit_depth, info.bit_depth);
        EXPECT_EQ(result.media.packed, info.packed);
        EXPECT_EQ(result.media.wrong_content, info.wrong_content);
        EXPECT_EQ(result.decoded_frames, 300'000);
        EXPECT_DOUBLE_EQ(result.duration_s(), 6.25);
        ASSERT_EQ(result.sample_peak_dbfs.size(), 2U);
        EXPECT_EQ(result.sample_peak_dbfs[0], 0.0) << "packed_noise holds the extremes";
        EXPECT_FALSE(result.is_silent());
    }
}

TEST(Probe, FindsThePeakOfEachChannel) {
    TempFolder const folder;
    write_media(folder / "a.wav", floats(2), packed({0.1F, 0.0F, -0.5F, 0.0F, 0.25F, -0.0F}));
    auto const result = probe(folder / "a.wav");
    ASSERT_EQ(result.sample_peak_dbfs.size(), 2U);
    EXPECT_DOUBLE_EQ(result.sample_peak_dbfs[0].value(), 20.0 * std::log10(0.5));
    EXPECT_EQ(result.sample_peak_dbfs[1], std::nullopt);
    EXPECT_FALSE(result.is_silent());
}

TEST(Probe, CountsWhatIsNotANumber) {
    TempFolder const folder;
    std::vector<float> samples(20'000, 0.5F);
    samples[12'345] = std::numeric_limits<float>::quiet_NaN();
    samples[19'999] = -std::numeric_limits<float>::infinity();
    write_media(folder / "a.wav", floats(2), packed(samples));
    auto const result = probe(folder / "a.wav");
    EXPECT_EQ(result.bad_samples, 2);
    EXPECT_EQ(result.first_bad_frame, 6'172);
    EXPECT_DOUBLE_EQ(result.sample_peak_dbfs[1].value(), 20.0 * std::log10(0.5));
}

TEST(Probe, KnowsSilence) {
    TempFolder const folder;
    write_media(folder / "a.wav", floats(1), packed(std::vector<float>(1'000)));
    EXPECT_TRUE(probe(folder / "a.wav").is_silent());
}

TEST(Probe, ReadsAnOpenFileAndLeavesItWhereItWas) {
    TempFolder const folder;
    write_media(folder / "upload", floats(1), packed({0.5F, 0.25F}));
    int const descriptor = ::open((folder / "upload").c_str(), O_RDWR);
    ASSERT_EQ(::lseek(descriptor, 7, SEEK_SET), 7);
    auto const result = probe(descriptor, "01_Drums.flac");
    EXPECT_EQ(result.decoded_frames, 2);
    EXPECT_TRUE(result.media.wrong_content) << "a WAV that is called FLAC";
    EXPECT_EQ(::lseek(descriptor, 0, SEEK_CUR), 7);
    ::close(descriptor);
}

TEST(Probe, RefusesWithTheSentencesOfReader) {
    TempFolder const folder;
    write_file(folder / "empty.wav", "");
    EXPECT_TRUE(fails_with(Code::unreadable, "empty.wav is empty", [&] {
        (void)probe(folder / "empty.wav");
    }));
    write_file(folder / "text.wav", "this is not audio at all");
    EXPECT_TRUE(fails_with(Code::unreadable, "text.wav is not an audio file", [&] {
        (void)probe(folder / "text.wav");
    }));
    EXPECT_TRUE(fails_with(Code::not_found, "gone.wav", [&] { (void)probe(folder / "gone.wav"); }));
    write_media(folder / "a.wav", floats(1), packed_sine(1, 50'000));
    auto bytes = read_bytes(folder / "a.wav");
    bytes.resize(bytes.size() / 2);
    write_bytes(folder / "a.wav", bytes);
    try {
        (void)probe(folder / "a.wav");
        FAIL() << "half a file";
    } catch (MediaFailure const& failure) {
        EXPECT_EQ(failure.fault(), MediaFault::truncated);
    }
}

TEST(Probe, TakesLossyFilesOnlyWhereTheyAreWanted) {
    TempFolder const folder;
    for (auto const container : {Container::mp3, Container::ogg}) {
        write_media(
            folder / "a",
            {.container = container, .input = SampleFormat::float_32},
            packed_sine(2, 60'000)
        );
        EXPECT_GT(probe(folder / "a").decoded_frames, 50'000);
        EXPECT_TRUE(fails_with(Code::unreadable, "which loses sound", [&] {
            (void)probe(folder / "a", {.kinds = AudioKinds::lossless});
        }));
        EXPECT_TRUE(fails_with(Code::unreadable, "which loses sound", [&] {
            Reader const reader(folder / "a", AudioKinds::lossless);
        }));
    }
}

TEST(SampleScanning, MeasuresEveryFormatAgainstItsFullScale) {
    struct Row {
        SampleFormat format;
        std::vector<unsigned char> bytes;
        double peak;
    };

    for (auto const& row : std::vector<Row>{
             {SampleFormat::pcm_16, {0x00, 0x80, 0xFF, 0x7F}, 1.0},
             {SampleFormat::pcm_16, {0x00, 0x40}, 0.5},
             {SampleFormat::pcm_24, {0x00, 0x00, 0xC0, 0x01, 0x00, 0x00}, 0.5},
             {SampleFormat::pcm_32, {0x00, 0x00, 0x00, 0xE0}, 0.25},
             {SampleFormat::float_32, {0x00, 0x00, 0x00, 0x40}, 2.0},
             {SampleFormat::float_64, {0, 0, 0, 0, 0, 0, 0xE0, 0xBF}, 0.5}}) {
        formats::SampleScan scan{row.format, 1};
        scan.add(std::as_bytes(std::span{row.bytes}));
        EXPECT_EQ(scan.peaks()[0], row.peak) << name_of(row.format);
        EXPECT_EQ(
            scan.frames(),
            static_cast<std::int64_t>(row.bytes.size()) / bytes_per_sample(row.format)
        );
    }
}

} // namespace

} // namespace stemlathe::test
