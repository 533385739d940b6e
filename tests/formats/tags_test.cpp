#include "formats/tags.hpp"
#include "formats/writer.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

Tags full_tags() {
    return {
        .title = "Höhenflug 音",
        .artist = "Motörhead",
        .album = "Album",
        .date = "2026-11-25",
        .genre = "Rock",
        .isrc = "GBAYE6800011",
        .replay_gain = ReplayGain{.integrated_lufs = -14.03, .true_peak = 0.891}};
}

struct Tagged {
    char const* name;
    Container container;
    OggCodec codec;

    friend void PrintTo(Tagged const& value, std::ostream* out) {
        *out << value.name;
    }
};

class TaggedFile : public ::testing::TestWithParam<Tagged> {
  protected:
    [[nodiscard]] EncodeSettings settings(Tags const& tags) const {
        EncodeSettings settings{
            .container = GetParam().container,
            .input = SampleFormat::float_32,
            .ogg_codec = GetParam().codec};
        if (GetParam().container == Container::flac) {
            settings.input = SampleFormat::pcm_32;
        }
        settings.tags = tags;
        return settings;
    }

    void write(std::filesystem::path const& path, Tags const& tags) const {
        auto const wanted = settings(tags);
        write_media(
            path,
            wanted,
            wanted.input == SampleFormat::pcm_32 ? packed_noise(wanted.input, 2, 30'000, 24)
                                                 : packed_sine(2, 30'000)
        );
    }

    TempFolder folder;
};

TEST_P(TaggedFile, SaysTitleAndArtistInEveryAlphabet) {
    write(folder / "a", full_tags());
    auto const info = read_media(folder / "a").info;
    EXPECT_EQ(info.title, "Höhenflug 音");
    EXPECT_EQ(info.artist, "Motörhead");
    if (GetParam().container == Container::flac) {
        EXPECT_EQ(info.isrc, "GBAYE6800011");
    }
}

TEST_P(TaggedFile, KeepsItsAudioWhenTagsChange) {
    write(folder / "a", {});
    auto const before = read_media(folder / "a").samples;
    replace_tags(folder / "a", full_tags());
    auto longer = full_tags();
    longer.album = std::string(70'000, 'x'); // more than one Ogg page, more than any padding
    replace_tags(folder / "a", longer);
    EXPECT_EQ(read_media(folder / "a").info.title, "Höhenflug 音");
    EXPECT_TRUE(read_media(folder / "a").samples == before);
    replace_tags(folder / "a", {});
    EXPECT_FALSE(read_media(folder / "a").info.title);
    EXPECT_TRUE(read_media(folder / "a").samples == before);
    EXPECT_EQ(tree_of(folder.path()), std::vector<std::string>{"a"});
}

TEST_P(TaggedFile, IsTheSameWrittenAtOnceOrTaggedLater) {
    write(folder / "a", full_tags());
    write(folder / "b", {});
    replace_tags(folder / "b", full_tags());
    EXPECT_TRUE(read_bytes(folder / "a") == read_bytes(folder / "b"));
}

TEST_P(TaggedFile, ShowsItsTagsToOthers) {
    write(folder / "a", full_tags());
    auto const shown = run_program(
        "ffprobe -v error -show_entries format_tags:stream_tags -of json " + (folder / "a").string()
    );
    if (!shown) {
        GTEST_SKIP() << "ffprobe is not installed";
    }
    for (auto const* text :
         {"Höhenflug 音", "Motörhead", "Album", "Rock", "GBAYE6800011", "2026"}) {
        EXPECT_NE(shown->output.find(text), std::string::npos) << text << "\n" << shown->output;
    }
    // ReplayGain 2.0: -18 - -14.03; RFC 7845: 256 * (-23 - -14.03), nearest.
    auto const* const gain = GetParam().codec == OggCodec::opus ? "-2296" : "-3.97 dB";
    EXPECT_NE(shown->output.find(gain), std::string::npos) << shown->output;
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    TaggedFile,
    ::testing::Values(
        Tagged{"flac", Container::flac, OggCodec::vorbis},
        Tagged{"mp3", Container::mp3, OggCodec::vorbis},
        Tagged{"vorbis", Container::ogg, OggCodec::vorbis},
        Tagged{"opus", Container::ogg, OggCodec::opus}
    ),
    [](auto const& variant) { return std::string{variant.param.name}; }
);

TEST(WaveTags, AreAsciiInTheListAndWholeInTheXml) {
    TempFolder const folder;
    EncodeSettings settings{};
    settings.tags = full_tags();
    write_media(folder / "a.wav", settings, packed_noise(SampleFormat::pcm_24, 2, 100, 24));
    auto const info = read_media(folder / "a.wav").info;
    EXPECT_EQ(info.title, "Hohenflug ?");
    EXPECT_EQ(info.artist, "Motorhead");
    EXPECT_EQ(info.isrc, "GBAYE6800011");
    EXPECT_NE(read_file(folder / "a.wav").find("Höhenflug 音"), std::string::npos);
}

TEST(Tags, BelongToNoOtherKindOfFile) {
    TempFolder const folder;
    write_file(folder / "a.txt", "nothing that could be tagged");
    EXPECT_TRUE(fails_with(Code::unreadable, "no FLAC, MP3 or Ogg", [&] {
        replace_tags(folder / "a.txt", full_tags());
    }));
    EXPECT_EQ(read_file(folder / "a.txt"), "nothing that could be tagged");
}

} // namespace

} // namespace stemlathe::test
