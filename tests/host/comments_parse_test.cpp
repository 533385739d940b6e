#include "host/comments/parse_comments.hpp"
#include "host/comments/stem_words.hpp"
#include "host/demo/song.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

/// Five stems, 200 s.
Session session() {
    Session out{.rate_hz = 48'000, .frames = 200 * 48'000};
    out.stems = {
        {.file = "01_Drums.wav", .role = Role::drums},
        {.file = "02_Bass.wav", .role = Role::bass},
        {.file = "03_Vocals.wav", .role = Role::vocals},
        {.file = "04_Instruments.wav", .role = Role::instruments},
        {.file = "05_FX.wav", .role = Role::fx}};
    return out;
}

ParsedComments parse(std::string_view text) {
    return parse_comments(text, session());
}

/// Every byte of a literal, zeros too.
template <std::size_t count>
std::string_view all_of(char const (&literal)[count]) {
    return {literal, count - 1};
}

/// The only finding has these words.
::testing::AssertionResult has_finding(ParsedComments const& parsed, std::string_view words) {
    if (parsed.findings.size() != 1 || parsed.findings[0].code != "comment" ||
        parsed.findings[0].message.find(words) == std::string::npos) {
        auto result = ::testing::AssertionFailure() << parsed.findings.size() << " findings";
        for (auto const& finding : parsed.findings) {
            result << "\n" << finding.message;
        }
        return result;
    }
    return ::testing::AssertionSuccess();
}

TEST(Comments, AreOneALine) {
    auto const parsed = parse("\xEF\xBB\xBF# from Ann\r\n"
                              "0:47 - vocal sibilance is too harsh\r\n"
                              "\r\n"
                              "   \t\r\n"
                              "-----\r\n"
                              "1:02-1:18 guitars too loud\r"
                              "love the drums\n"
                              "1:30, 1:40 - the end");
    EXPECT_TRUE(parsed.findings.empty());
    std::vector<Comment> const expected{
        {47.0, 47.0, "vocal sibilance is too harsh", "03_Vocals.wav", true},
        {62.0, 78.0, "guitars too loud", "04_Instruments.wav", true},
        {0.0, 0.0, "love the drums", "01_Drums.wav", false},
        {90.0, 90.0, "the end", "", true},
        {100.0, 100.0, "the end", "", true}};
    EXPECT_EQ(parsed.comments, expected);
}

TEST(Comments, MayBeNone) {
    for (auto const* text : {"", "\n", "\xEF\xBB\xBF", "# nothing\n", "\r\r\r\n"}) {
        EXPECT_TRUE(parse(text).comments.empty());
        EXPECT_TRUE(parse(text).findings.empty());
    }
}

TEST(Comments, BehindTheEndAreKeptForTheWholeSong) {
    auto const parsed = parse("x\n\n3:21 - vocal too harsh");
    EXPECT_TRUE(has_finding(parsed, "comments.txt, line 3: 3:21 lies behind the song's end at 3:20")
    );
    EXPECT_EQ(parsed.findings[0].severity, Severity::info) << "nothing is lost";
    ASSERT_EQ(parsed.comments.size(), 2U);
    EXPECT_EQ(
        parsed.comments[1], (Comment{0.0, 0.0, "3:21 - vocal too harsh", "03_Vocals.wav", false})
    );
    EXPECT_TRUE(parse("3:20 - last note").findings.empty());
}

TEST(Comments, ThatEndBehindTheEndAreCutThere) {
    auto const parsed = parse("3:10-3:30 fade");
    EXPECT_TRUE(has_finding(parsed, "it was cut at 3:20"));
    EXPECT_EQ(parsed.findings[0].severity, Severity::info);
    EXPECT_EQ(parsed.comments.at(0), (Comment{190.0, 200.0, "fade", "", true}));
}

TEST(Comments, AreTurnedRoundWhereTheyEndBeforeTheyBegin) {
    auto const parsed = parse("1:18-1:02 bass");
    EXPECT_TRUE(has_finding(parsed, "line 1: the stretch ends before it begins"));
    EXPECT_EQ(parsed.comments.at(0), (Comment{62.0, 78.0, "bass", "02_Bass.wav", true}));
}

TEST(Comments, WithTimesThatAreNoneAreKept) {
    auto const frames = parse("00:00:47:12 - vocal too harsh");
    EXPECT_TRUE(has_finding(frames, "00:00:47:12 counts frames"));
    EXPECT_EQ(
        frames.comments.at(0),
        (Comment{0.0, 0.0, "00:00:47:12 - vocal too harsh", "03_Vocals.wav", false})
    );
    EXPECT_TRUE(has_finding(parse("0:75 - x"), "0:75 is no time"));
    auto const bare = parse("0:47\n");
    EXPECT_TRUE(has_finding(bare, "line 1: names a time and says nothing about it"));
    EXPECT_TRUE(bare.comments.empty());
}

TEST(Comments, HaveALimitPerLine) {
    std::string const fits = "0:47 - " + std::string(kComment_line_bytes_max - 7, 'x');
    EXPECT_TRUE(parse(fits).findings.empty());
    EXPECT_EQ(parse(fits).comments.at(0).text.size(), kComment_line_bytes_max - 7);

    auto const parsed = parse(fits + "y\n0:48 - next");
    EXPECT_TRUE(has_finding(parsed, "line 1: is 4097 bytes long"));
    ASSERT_EQ(parsed.comments.size(), 2U);
    EXPECT_EQ(parsed.comments[0].text, parse(fits).comments[0].text);
    EXPECT_EQ(parsed.comments[1].text, "next");

    std::string const accents = std::string(kComment_line_bytes_max - 1, 'x') + "\u00E9";
    EXPECT_EQ(parse(accents).comments.at(0).text, std::string(kComment_line_bytes_max - 1, 'x'));
}

TEST(Comments, HaveALimitPerFile) {
    std::string const line = "0:47 - " + std::string(1016, 'x') + "\n"; // 1 KiB
    std::string text;
    for (int i = 0; i < 64; ++i) {
        text += line;
    }
    EXPECT_TRUE(parse(text).findings.empty());
    EXPECT_EQ(parse(text).comments.size(), 64U);

    auto const parsed = parse(text + "0:48 - one more");
    EXPECT_TRUE(has_finding(parsed, "comments.txt is larger than 64 KiB"));
    EXPECT_EQ(parsed.findings[0].severity, Severity::warn) << "something is lost";
    EXPECT_EQ(parsed.comments.size(), 64U);
    EXPECT_EQ(parse(std::string(100'000, 'x')).comments.size(), 1U) << "one line without an end";
}

TEST(Comments, HaveALimitInNumber) {
    std::string text;
    for (std::size_t i = 0; i < kCommentsMax; ++i) {
        text += "0:47 hats\n";
    }
    EXPECT_TRUE(parse(text).findings.empty());
    EXPECT_EQ(parse(text).comments.size(), kCommentsMax);
    auto const parsed = parse(text + "0:48 x\n0:49, 0:50 x\n");
    EXPECT_TRUE(has_finding(parsed, "holds more than 1000 remarks; 2 were left out"));
    EXPECT_EQ(parsed.comments.size(), kCommentsMax);
}

TEST(Comments, HaveALimitOfFindings) {
    std::string text;
    for (int i = 0; i < 50; ++i) {
        text += "9:59 late\n";
    }
    auto const parsed = parse(text);
    EXPECT_EQ(parsed.comments.size(), 50U);
    ASSERT_EQ(parsed.findings.size(), kCommentFindingsMax + 1);
    EXPECT_NE(parsed.findings.back().message.find("30 more lines"), std::string::npos);
}

TEST(Comments, SurviveHostileBytes) {
    auto const parsed = parse(all_of("0:47 \xFF\xC3( vocal\0 harsh\x1B[31m\n"));
    ASSERT_EQ(parsed.comments.size(), 1U);
    EXPECT_EQ(parsed.comments[0].text, "\uFFFD\uFFFD( vocal  harsh [31m");
    EXPECT_EQ(parsed.comments[0].stem, "03_Vocals.wav");
    EXPECT_TRUE(has_finding(parse(all_of("\xFF\xFE\x30\0:\0")), "UTF-16"));
    EXPECT_TRUE(has_finding(parse(all_of("\xFE\xFF\0\x30")), "UTF-16"));

    std::string all;
    for (int first = 0; first < 256; ++first) {
        for (char const second : {'0', ':', '\'', '(', '\xE2', '\n'}) {
            all += static_cast<char>(first);
            all += second;
            all += "0:47-";
        }
    }
    for (auto const& comment : parse(all).comments) {
        EXPECT_LE(comment.start_s, comment.end_s);
        EXPECT_LE(comment.end_s, 200.0);
        EXPECT_FALSE(comment.text.empty());
    }
}

TEST(Comments, OfTheDemoAreUnderstood) {
    DemoSong const song{{.seconds = 40.0}};
    auto const planted = song.planted();
    ASSERT_FALSE(planted.empty());
    auto of_the_demo = session();
    of_the_demo.frames = 40 * 48'000;
    auto const parsed = parse_comments(song.comments_txt(), of_the_demo);
    EXPECT_TRUE(parsed.findings.empty());
    ASSERT_EQ(parsed.comments.size(), 3U);
    EXPECT_EQ(parsed.comments[0].start_s, 2.0);
    EXPECT_EQ(parsed.comments[0].text, "the verse is lovely, please keep it open");
    EXPECT_EQ(parsed.comments[1].start_s, std::floor(planted.front().start_s + 1.0));
    EXPECT_EQ(parsed.comments[2].end_s, std::floor(planted.front().end_s));
    EXPECT_EQ(parsed.comments[2].stem, "") << "it speaks of drums and of bass";
}

/// Stems of a larger session, as people name them.
std::vector<Stem> many_stems() {
    std::vector<Stem> stems;
    for (auto const& [file, role] : std::vector<std::pair<char const*, Role>>{
             {"Kick.wav", Role::drums},
             {"Snare_Top.wav", Role::drums},
             {"LeadGuitar.wav", Role::instruments},
             {"Guitar_2.wav", Role::instruments},
             {"Vocals.wav", Role::vocals},
             {"Backing_Vox.wav", Role::vocals},
             {"808.wav", Role::bass},
             {"Intro.wav", Role::other},
             {"x.wav", Role::other}}) {
        stems.push_back({.file = file, .role = role});
    }
    return stems;
}

TEST(StemWords, NameTheStemOfTheirRole) {
    auto const stems = session().stems;
    for (auto const& [text, file] : std::vector<std::pair<char const*, char const*>>{
             {"vocal too harsh", "03_Vocals.wav"},
             {"The SINGER's esses", "03_Vocals.wav"},
             {"vox!", "03_Vocals.wav"},
             {"I lose the words", "03_Vocals.wav"},
             {"hi-hats hurt", "01_Drums.wav"},
             {"snare and kick", "01_Drums.wav"},
             {"the bass drum", "01_Drums.wav"},
             {"808s are too loud", "02_Bass.wav"},
             {"sub too loud", "02_Bass.wav"},
             {"bass guitar", "02_Bass.wav"},
             {"lead guitar too loud", "04_Instruments.wav"},
             {"keys/pads", "04_Instruments.wav"},
             {"the riser", "05_FX.wav"},
             {"02_Bass.wav", "02_Bass.wav"},
             {"the guitars cover the vocal", ""},
             {"the kick drum drowns in the bass", ""},
             {"key change is nice", ""},
             {"", ""}}) {
        EXPECT_EQ(stem_named_in(text, stems), file) << text;
    }
}

TEST(StemWords, PreferTheStemsOwnLabel) {
    auto const stems = many_stems();
    for (auto const& [text, file] : std::vector<std::pair<char const*, char const*>>{
             {"lead guitar too loud", "LeadGuitar.wav"},
             {"LeadGuitar too loud", "LeadGuitar.wav"},
             {"leadguitar too loud", "LeadGuitar.wav"},
             {"lead guitars too loud", "LeadGuitar.wav"},
             {"lead gtr too loud", "LeadGuitar.wav"},
             {"guitar 2 too loud", "Guitar_2.wav"},
             {"guitars too loud", ""},
             {"kick too loud", "Kick.wav"},
             {"kick drum too loud", "Kick.wav"},
             {"snare too loud", "Snare_Top.wav"},
             {"drums too loud", ""},
             {"vocals too loud", "Vocals.wav"},
             {"vox too loud", "Vocals.wav"},
             {"backing vocals too loud", "Backing_Vox.wav"},
             {"808 too loud", "808.wav"},
             {"the intro is too long", "Intro.wav"},
             {"x marks the spot", ""},
             {"a riser is missing", ""}}) {
        EXPECT_EQ(stem_named_in(text, stems), file) << text;
    }
}

TEST(StemWords, IgnoreRolesThatNoStemHas) {
    auto stems = session().stems;
    stems.pop_back();
    EXPECT_EQ(stem_named_in("too much reverb on the vocal", stems), "03_Vocals.wav");
    EXPECT_EQ(stem_named_in("too much reverb on the vocal", session().stems), "");
    EXPECT_EQ(stem_named_in("vocal", {}), "");
}

} // namespace

} // namespace stemlathe::test
