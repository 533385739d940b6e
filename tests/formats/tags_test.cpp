#include "formats/bytes.hpp"
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
        .upc = "0036000291452",
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
         {"Höhenflug 音",
          "Motörhead",
          "Album",
          "Rock",
          "GBAYE6800011",
          "BARCODE",
          "0036000291452",
          "2026"}) {
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
    auto const bytes = read_file(folder / "a.wav");
    for (auto const* text :
         {"<dc:title>Höhenflug 音</dc:title>",
          "<name>Motörhead</name>",
          "<dc:relation>Album</dc:relation>",
          "<dc:identifier>ISRC:GBAYE6800011</dc:identifier>",
          "<dc:identifier>EAN:0036000291452</dc:identifier>",
          "<songTitle>Höhenflug 音</songTitle>",
          "<artist>Motörhead</artist>",
          "<PROJECT>Album</PROJECT>",
          "<isrcId>GBAYE6800011</isrcId>",
          "<USER>UPC 0036000291452</USER>"}) {
        EXPECT_NE(bytes.find(text), std::string::npos) << text;
    }
}

TEST(WaveTags, TakeNoTitleForAnIsrc) {
    TempFolder const folder;
    EncodeSettings settings{};
    settings.tags = full_tags();
    settings.tags.title = "ISRC:USS1Z9900001 <identifier>ISRC:USS1Z9900001";
    write_media(folder / "a.wav", settings, packed_noise(SampleFormat::pcm_24, 2, 100, 24));
    EXPECT_EQ(read_media(folder / "a.wav").info.isrc, "GBAYE6800011");
}

/// shntool loses its way behind a chunk of odd length.
TEST(WaveTags, StandInChunksOfEvenLength) {
    TempFolder const folder;
    EncodeSettings settings{};
    settings.tags = full_tags();
    settings.broadcast = BroadcastInfo{.coding_history = "A=PCM\r\n"};
    for (int letters = 0; letters < 2; ++letters) {
        settings.tags.artist += "x";
        settings.broadcast->coding_history += "x";
        write_media(folder / "a.wav", settings, packed_noise(SampleFormat::pcm_24, 2, 100, 24));
        auto const bytes = read_bytes(folder / "a.wav");
        std::size_t at = 12;
        std::string names;
        while (at + 8 <= bytes.size()) {
            auto const size = formats::little_endian<std::uint32_t>(bytes, at + 4);
            EXPECT_EQ(size % 2, 0U);
            names += read_file(folder / "a.wav").substr(at, 4) + " ";
            at += 8 + size;
        }
        EXPECT_EQ(names, "fmt  bext LIST iXML axml data ");
    }
}

TEST(WaveTags, LeaveNoTraceWhereThereAreNone) {
    TempFolder const folder;
    write_media(folder / "a.wav", {}, packed_noise(SampleFormat::pcm_24, 2, 100, 24));
    EXPECT_EQ(std::filesystem::file_size(folder / "a.wav"), 44U + 600U);
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
