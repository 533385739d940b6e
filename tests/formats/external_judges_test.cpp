#include "formats/writer.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

/// What programs that share no code with us say about our files, and we about theirs.
namespace stemlathe::test {

namespace {

#define RUN_OR_SKIP(result, command)                                                               \
    auto const result = run_program(command);                                                      \
    if (!result) {                                                                                 \
        GTEST_SKIP() << "not installed: " << (command);                                            \
    }

TEST(ExternalJudge, FlacFindsNothingWrong) {
    TempFolder const folder;
    for (int const bits : {16, 24}) {
        EncodeSettings settings{
            .container = Container::flac, .input = SampleFormat::pcm_32, .bit_depth = bits};
        settings.tags.title = "Höhenflug";
        write_media(
            folder / "a.flac", settings, packed_noise(SampleFormat::pcm_32, 2, 50'000, bits)
        );
        RUN_OR_SKIP(judge, "flac -t -s " + (folder / "a.flac").string());
        EXPECT_EQ(judge->exit_code, 0) << judge->output;
    }
}

TEST(ExternalJudge, FfmpegDecodesTheSameSamples) {
    TempFolder const folder;
    auto const samples = packed_noise(SampleFormat::pcm_24, 2, 30'001, 24);
    EncodeSettings settings{};
    for (auto const container : {Container::wav, Container::rf64}) {
        settings.container = container;
        write_media(folder / "a.wav", settings, samples);
        RUN_OR_SKIP(
            judge,
            "ffmpeg -v error -y -i " + (folder / "a.wav").string() + " -f s24le " +
                (folder / "a.raw").string()
        );
        EXPECT_EQ(judge->exit_code, 0) << judge->output;
        EXPECT_EQ(judge->output, "");
        EXPECT_TRUE(read_bytes(folder / "a.raw") == samples);
    }
}

TEST(ExternalJudge, MediainfoReadsEveryLoudnessWord) {
    TempFolder const folder;
    EncodeSettings settings{};
    settings.broadcast = BroadcastInfo{
        .description = "Night Drive",
        .originator = "stemlathe",
        .originator_reference = {},
        .origination_date = "2026-11-25",
        .origination_time = {},
        .loudness =
            {.integrated_lufs = -23.0,
             .range_lu = 7.5,
             .true_peak_max_dbtp = -1.05,
             .momentary_max_lufs = -18.2,
             .short_term_max_lufs = -20.1},
        .coding_history = {}};
    write_media(folder / "a.wav", settings, packed_noise(SampleFormat::pcm_24, 2, 1'000, 24));
    RUN_OR_SKIP(judge, "mediainfo --Full " + (folder / "a.wav").string());
    for (auto const* text : {"-23.00", "7.50", "-1.05", "-18.20", "-20.10", "stemlathe"}) {
        EXPECT_NE(judge->output.find(text), std::string::npos) << text << "\n" << judge->output;
    }
    EXPECT_EQ(judge->output.find("Conformance"), std::string::npos) << judge->output;
}

/// Kinds that customers send and we never write ourselves.
TEST(ExternalJudge, FilesOfFfmpegReadBackExactly) {
    TempFolder const folder;
    auto const samples = packed_noise(SampleFormat::pcm_24, 2, 20'000, 24);
    write_media(folder / "in.wav", {}, samples);
    for (auto const* kind :
         {"-c:a pcm_s24le a.wav",
          "-c:a pcm_s24be a.aiff",
          "-c:a pcm_s24be a.caf",
          "-c:a pcm_s32le a.wav",
          "-c:a pcm_f64le a.wav",
          "-c:a pcm_f32be a.aiff",
          "-c:a pcm_s24le a.w64",
          "-rf64 always -c:a pcm_s24le a.wav",
          "-write_bext 1 -c:a pcm_s24le a.wav",
          "-c:a flac -bits_per_raw_sample 24 a.flac"}) {
        std::string const words{kind};
        auto const name = words.substr(words.rfind(' ') + 1);
        RUN_OR_SKIP(
            encoded,
            "ffmpeg -v error -y -i " + (folder / "in.wav").string() + " " +
                words.substr(0, words.rfind(' ')) + " " + (folder / name).string()
        );
        ASSERT_EQ(encoded->exit_code, 0) << encoded->output;
        auto const media = read_media(folder / name);
        EXPECT_EQ(media.info.frames, 20'000) << kind;
        EXPECT_EQ(media.info.channels, 2) << kind;
        auto const back = run_program(
            "ffmpeg -v error -y -i " + (folder / name).string() + " -f s24le " +
            (folder / "back.raw").string()
        );
        EXPECT_TRUE(read_bytes(folder / "back.raw") == samples) << kind;
    }
}

TEST(ExternalJudge, OneByteCodecsOfFfmpegAreRead) {
    TempFolder const folder;
    write_media(
        folder / "in.wav",
        {.input = SampleFormat::pcm_16},
        packed_noise(SampleFormat::pcm_16, 2, 20'000, 16)
    );
    for (auto const* kind :
         {"-c:a pcm_mulaw a.wav",
          "-c:a pcm_alaw a.wav",
          "-c:a pcm_u8 a.wav",
          "-c:a pcm_mulaw a.aiff",
          "-c:a pcm_alaw a.caf",
          "-c:a pcm_s8 a.aiff"}) {
        std::string const words{kind};
        auto const name = words.substr(words.rfind(' ') + 1);
        RUN_OR_SKIP(
            encoded,
            "ffmpeg -v error -y -i " + (folder / "in.wav").string() + " " +
                words.substr(0, words.rfind(' ')) + " " + (folder / name).string()
        );
        ASSERT_EQ(encoded->exit_code, 0) << encoded->output;
        auto const failure =
            failure_of([&] { EXPECT_EQ(read_media(folder / name).info.frames, 20'000) << kind; });
        EXPECT_FALSE(failure) << kind << ": " << failure->what();
    }
}

TEST(ExternalJudge, FfmpegsStreamsWithoutALengthAreRead) {
    TempFolder const folder;
    auto const samples = packed_noise(SampleFormat::pcm_24, 2, 20'000, 24);
    write_media(folder / "in.wav", {}, samples);
    RUN_OR_SKIP(
        encoded,
        "ffmpeg -v error -y -i " + (folder / "in.wav").string() +
            " -c:a pcm_s24le -f wav - | cat > " + (folder / "a.wav").string()
    );
    auto const media = read_media(folder / "a.wav");
    EXPECT_TRUE(media.info.streaming_header);
    EXPECT_TRUE(media.samples == samples);
}

} // namespace

} // namespace stemlathe::test
