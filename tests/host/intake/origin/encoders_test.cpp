#include "host/intake/origin/origin_checks.hpp"
#include "tests/host/intake/origin/origin_checked.hpp"
#include "tests/support/files.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <string>

/// What real encoders and converters leave of a sound.
namespace stemlathe::test {

namespace {

class IntakeOriginOf : public ::testing::Test {
  protected:
    /// Pink noise, which has sound up to half the rate as loud music has.
    void write_source(int rate_hz) {
        auto const noise = pink_noise({.level_dbfs = -20.0, .frames = 4 * rate_hz, .seed = 13});
        write_stem_24(folder / "source.wav", noise, rate_hz);
    }

    /// The source through `to`, an encoder's options and a file name, and back to 24-bit PCM.
    /// @returns nothing where ffmpeg is not installed
    std::optional<std::vector<Finding>> findings_after(std::string const& to, int rate_hz) {
        auto const file = to.substr(to.rfind(' ') + 1);
        auto const way = run_program(
            "ffmpeg -v error -y -i " + (folder / "source.wav").string() + " " +
            to.substr(0, to.rfind(' ')) + " " + (folder / file).string() +
            " && ffmpeg -v error -y -i " + (folder / file).string() + " -c:a pcm_s24le " +
            (folder / "back.wav").string()
        );
        if (!way) {
            return std::nullopt;
        }
        EXPECT_EQ(way->exit_code, 0) << way->output;
        auto const back = read_audio(folder / "back.wav");
        return findings_of(intake::make_spectral_origin_check, stem_at(rate_hz, back), back);
    }

    TempFolder folder;
};

TEST_F(IntakeOriginOf, ALossyFileIsToldWithItsCodec) {
    struct Case {
        char const* to;
        int rate_hz;
        char const* words; ///< among those that the finding names
    };

    write_source(44'100);
    for (auto const& [to, rate_hz, words] : std::vector<Case>{
             {"-c:a libmp3lame -b:a 96k a.mp3", 44'100, "MP3"},
             {"-c:a libmp3lame -b:a 128k a.mp3", 44'100, "MP3"},
             {"-c:a libmp3lame -b:a 192k a.mp3", 44'100, "MP3"},
             {"-c:a libmp3lame -b:a 256k a.mp3", 44'100, "MP3"},
             {"-c:a libmp3lame -b:a 320k a.mp3", 44'100, "MP3"},
             {"-c:a aac -b:a 96k a.m4a", 44'100, "AAC"},
             {"-c:a aac -b:a 128k a.m4a", 44'100, "AAC"},
             {"-c:a aac -b:a 192k a.m4a", 44'100, "AAC"},
             {"-c:a libvorbis -q 2 a.ogg", 44'100, "Vorbis"},
             {"-c:a libvorbis -q 4 a.ogg", 44'100, "Vorbis"},
             {"-c:a libopus -b:a 128k a.opus", 48'000, "Opus"},
             {"-c:a libopus -b:a 256k a.opus", 48'000, "Opus"}}) {
        auto const findings = findings_after(to, rate_hz);
        if (!findings) {
            GTEST_SKIP() << "not installed: ffmpeg";
        }
        auto const found = finding_in(*findings, "lossy_source");
        ASSERT_TRUE(found) << to;
        EXPECT_EQ(found->severity, Severity::warn);
        EXPECT_GT(*found->measured, *found->limit);
        EXPECT_NE(found->message.find(words), std::string::npos) << to << ": " << found->message;
        EXPECT_NE(found->message.find("likelihood"), std::string::npos);
        EXPECT_FALSE(finding_in(*findings, "upsampled")) << to;
    }
}

TEST_F(IntakeOriginOf, AConversionToAHigherRateIsTold) {
    for (auto const& [from_hz, to_hz] : std::vector<std::pair<int, int>>{
             {44'100, 48'000}, {44'100, 96'000}, {48'000, 96'000}, {48'000, 192'000}}) {
        write_source(from_hz);
        auto const findings = findings_after(
            "-af aresample=" + std::to_string(to_hz) + ":resampler=soxr -c:a pcm_s24le up.wav",
            to_hz
        );
        if (!findings) {
            GTEST_SKIP() << "not installed: ffmpeg";
        }
        auto const found = finding_in(*findings, "upsampled");
        ASSERT_TRUE(found) << from_hz << " to " << to_hz;
        EXPECT_FALSE(finding_in(*findings, "lossy_source"));
        auto const made_at = "made at " + std::string{from_hz == 44'100 ? "44.1" : "48"} + " kHz";
        EXPECT_NE(found->message.find(made_at), std::string::npos) << found->message;
    }
}

TEST_F(IntakeOriginOf, AConversionToALowerRateIsNoFault) {
    for (auto const* how :
         {"-af aresample=44100:resampler=soxr -c:a pcm_s24le down.wav",
          "-af aresample=44100:resampler=soxr:precision=33 -c:a pcm_s24le down.wav",
          "-af aresample=44100 -c:a pcm_s24le down.wav",
          "-c:a flac down.flac"}) {
        bool const is_same_rate = std::string_view{how}.ends_with(".flac");
        write_source(is_same_rate ? 44'100 : 96'000);
        auto const findings = findings_after(how, 44'100);
        if (!findings) {
            GTEST_SKIP() << "not installed: ffmpeg";
        }
        EXPECT_TRUE(findings->empty()) << how << ": " << findings->front().message;
    }
}

} // namespace

} // namespace stemlathe::test
