#include "host/comments/clock.hpp"
#include "host/comments/moments.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

struct Line {
    std::string line{};
    std::vector<Moment> moments{};
    std::string text{};
};

void PrintTo(Line const& line, std::ostream* out) {
    *out << line.line;
}

class Notation : public ::testing::TestWithParam<Line> {};

TEST_P(Notation, IsUnderstood) {
    auto const& [line, moments, text] = GetParam();
    auto const found = moments_in(line);
    ASSERT_EQ(found.moments.size(), moments.size()) << line;
    for (std::size_t i = 0; i < moments.size(); ++i) {
        EXPECT_DOUBLE_EQ(found.moments[i].start_s, moments[i].start_s) << line;
        EXPECT_DOUBLE_EQ(found.moments[i].end_s, moments[i].end_s) << line;
    }
    EXPECT_EQ(found.text, text) << line;
    EXPECT_EQ(found.wrong, "") << line;
}

std::vector<Moment> const k47{{47.0, 47.0}};
std::vector<Moment> const k62To78{{62.0, 78.0}};
std::vector<Moment> const k47And92{{47.0, 47.0}, {92.0, 92.0}};

INSTANTIATE_TEST_SUITE_P(
    AtTheBeginning,
    Notation,
    ::testing::Values(
        Line{"0:47 - too harsh", k47, "too harsh"},
        Line{"0:47 \u2013 too harsh", k47, "too harsh"},
        Line{"0:47 \u2014 too harsh", k47, "too harsh"},
        Line{"0:47: too harsh", k47, "too harsh"},
        Line{"0:47 too harsh", k47, "too harsh"},
        Line{"0:47, too harsh", k47, "too harsh"},
        Line{"0:47\ttoo harsh", k47, "too harsh"},
        Line{"0:47 | too harsh", k47, "too harsh"},
        Line{"00:47 -> too harsh", k47, "too harsh"},
        Line{"00:00:47 too harsh", k47, "too harsh"},
        Line{"[0:47] too harsh", k47, "too harsh"},
        Line{"[ 0:47 ] too harsh", k47, "too harsh"},
        Line{"(0:47) too harsh", k47, "too harsh"},
        Line{"<0:47> too harsh", k47, "too harsh"},
        Line{"**0:47** too harsh", k47, "too harsh"},
        Line{"@0:47 too harsh", k47, "too harsh"},
        Line{"@ 0:47 too harsh", k47, "too harsh"},
        Line{"at 0:47 too harsh", k47, "too harsh"},
        Line{"At 0:47, too harsh", k47, "too harsh"},
        Line{"around 0:47 too harsh", k47, "too harsh"},
        Line{"~0:47 too harsh", k47, "too harsh"},
        Line{"starting at 0:47 too harsh", k47, "too harsh"},
        Line{"0:47s too harsh", k47, "too harsh"},
        Line{"0:47.5 too harsh", {{47.5, 47.5}}, "too harsh"},
        Line{"0:47,5 too harsh", {{47.5, 47.5}}, "too harsh"},
        Line{"0:47.250 too harsh", {{47.25, 47.25}}, "too harsh"},
        Line{"1:02:03.5 too harsh", {{3723.5, 3723.5}}, "too harsh"},
        Line{"75:30 too harsh", {{4530.0, 4530.0}}, "too harsh"},
        Line{"47s - too harsh", k47, "too harsh"},
        Line{"47 s: too harsh", k47, "too harsh"},
        Line{"47 seconds: too harsh", k47, "too harsh"},
        Line{"at 47s too harsh", k47, "too harsh"},
        Line{"47.5s - too harsh", {{47.5, 47.5}}, "too harsh"},
        Line{"1m02s too harsh", {{62.0, 62.0}}, "too harsh"},
        Line{"1m02 too harsh", {{62.0, 62.0}}, "too harsh"},
        Line{"1 min 2 s too harsh", {{62.0, 62.0}}, "too harsh"},
        Line{"1h02m03s too harsh", {{3723.0, 3723.0}}, "too harsh"},
        Line{"1'02\" too harsh", {{62.0, 62.0}}, "too harsh"},
        Line{"1'02 too harsh", {{62.0, 62.0}}, "too harsh"},
        Line{"1'02'' too harsh", {{62.0, 62.0}}, "too harsh"},
        Line{"1\u203202\u2033 too harsh", {{62.0, 62.0}}, "too harsh"},
        Line{"1\u201902\u201D too harsh", {{62.0, 62.0}}, "too harsh"},
        Line{"0'47.5\" too harsh", {{47.5, 47.5}}, "too harsh"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Stretches,
    Notation,
    ::testing::Values(
        Line{"1:02-1:18 too harsh", k62To78, "too harsh"},
        Line{"1:02 - 1:18 too harsh", k62To78, "too harsh"},
        Line{"1:02 - 1:18 - too harsh", k62To78, "too harsh"},
        Line{"1:02 \u2013 1:18 too harsh", k62To78, "too harsh"},
        Line{"1:02\u20141:18 too harsh", k62To78, "too harsh"},
        Line{"1:02 to 1:18: too harsh", k62To78, "too harsh"},
        Line{"from 1:02 to 1:18 too harsh", k62To78, "too harsh"},
        Line{"From 1:02 until 1:18 too harsh", k62To78, "too harsh"},
        Line{"between 1:02 and 1:18 too harsh", k62To78, "too harsh"},
        Line{"[1:02-1:18] too harsh", k62To78, "too harsh"},
        Line{"(1:02 to 1:18) too harsh", k62To78, "too harsh"},
        Line{"1:02..1:18 too harsh", k62To78, "too harsh"},
        Line{"1:02 -> 1:18 too harsh", k62To78, "too harsh"},
        Line{"1:02-18 too harsh", {{62.0, 62.0}}, "-18 too harsh"},
        Line{"1:02-18: too harsh", k62To78, "too harsh"},
        Line{"62s-78s: too harsh", k62To78, "too harsh"},
        Line{"1m02s to 1m18s too harsh", k62To78, "too harsh"},
        Line{"1'02\"-1'18\" too harsh", k62To78, "too harsh"},
        Line{"1:02.5-1:18.25 too harsh", {{62.5, 78.25}}, "too harsh"},
        Line{"1:18-1:02 too harsh", {{78.0, 62.0}}, "too harsh"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    SeveralTimes,
    Notation,
    ::testing::Values(
        Line{"0:47, 1:32 - sibilance", k47And92, "sibilance"},
        Line{"0:47,1:32 sibilance", k47And92, "sibilance"},
        Line{"0:47 and 1:32: sibilance", k47And92, "sibilance"},
        Line{"0:47, and 1:32: sibilance", k47And92, "sibilance"},
        Line{"0:47 & 1:32 sibilance", k47And92, "sibilance"},
        Line{"0:47/1:32 sibilance", k47And92, "sibilance"},
        Line{"[0:47] [1:32] sibilance", k47And92, "sibilance"},
        Line{"[0:47][1:32] sibilance", k47And92, "sibilance"},
        Line{"47s, 92s - clicks", k47And92, "clicks"},
        Line{"0:47, 1:02-1:18 hats", {{47.0, 47.0}, {62.0, 78.0}}, "hats"},
        Line{"sibilance (0:47, 1:32)", k47And92, "sibilance"},
        Line{"sibilance (0:47) and (1:32)", k47And92, "sibilance and"},
        Line{"sibilance at 0:47 and again at 1:32", k47And92, "sibilance at 0:47 and again"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    ElsewhereInTheLine,
    Notation,
    ::testing::Values(
        Line{"vocal harsh (0:47)", k47, "vocal harsh"},
        Line{"vocal harsh [0:47].", k47, "vocal harsh"},
        Line{"vocal harsh at 0:47", k47, "vocal harsh"},
        Line{"vocal harsh @0:47", k47, "vocal harsh"},
        Line{"vocal harsh - 0:47", k47, "vocal harsh"},
        Line{"vocal harsh, 1:02-1:18", k62To78, "vocal harsh"},
        Line{"Chorus (1:02-1:18): vocals buried", k62To78, "Chorus: vocals buried"},
        Line{"The vocal at 0:47 is harsh", k47, "The vocal at 0:47 is harsh"},
        Line{"The kick (0:47) drops out", k47, "The kick drops out"},
        Line{"0:47 louder than at 1:32", k47, "louder than at 1:32"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Bullets,
    Notation,
    ::testing::Values(
        Line{"- 0:47 too harsh", k47, "too harsh"},
        Line{"* 0:47 - too harsh", k47, "too harsh"},
        Line{"  \u2022 0:47 too harsh", k47, "too harsh"},
        Line{"1. 0:47 too harsh", k47, "too harsh"},
        Line{"12) 0:47 too harsh", k47, "too harsh"},
        Line{"- [ ] 0:47 too harsh", k47, "too harsh"},
        Line{"> 0:47 too harsh", k47, "too harsh"},
        Line{"- keep the drums", {}, "keep the drums"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    NoTimes,
    Notation,
    ::testing::Values(
        Line{"the mix is too dark", {}, "the mix is too dark"},
        Line{"808s are too loud", {}, "808s are too loud"},
        Line{"80s synth is great", {}, "80s synth is great"},
        Line{"2s delay on the vocal", {}, "2s delay on the vocal"},
        Line{"a 4:1 ratio", {}, "a 4:1 ratio"},
        Line{"sent at 10:15pm", {}, "sent at 10:15pm"},
        Line{"5-9 kHz too loud", {}, "5-9 kHz too loud"},
        Line{"1.5 dB more bass", {}, "1.5 dB more bass"},
        Line{"0:475 nonsense", {}, "0:475 nonsense"},
        Line{"1:5 nonsense", {}, "1:5 nonsense"},
        Line{"", {}, ""}
    )
);

INSTANTIATE_TEST_SUITE_P(
    NumbersBehindTheTime,
    Notation,
    ::testing::Values(
        Line{"0:47 -3 dB on the vocal", k47, "-3 dB on the vocal"},
        Line{"0:47 - -3 dB on the vocal", k47, "-3 dB on the vocal"},
        Line{"0:47 - 3 dB less", k47, "3 dB less"},
        Line{"0:47 - 2s delay is too long", k47, "2s delay is too long"},
        Line{"0:47, 2s delay is too long", k47, "2s delay is too long"},
        Line{"0:47 .5 dB more", k47, ".5 dB more"},
        Line{"0:47-50 Hz hum", k47, "-50 Hz hum"}
    )
);

TEST(Moments, NameWhatIsNoTimeAndKeepTheRemarkWhole) {
    auto const frames = moments_in("- 00:01:02:12 too harsh");
    EXPECT_TRUE(frames.moments.empty());
    EXPECT_TRUE(frames.has_frames);
    EXPECT_EQ(frames.wrong, "00:01:02:12");
    EXPECT_EQ(frames.text, "00:01:02:12 too harsh");
    EXPECT_TRUE(moments_in("01:00:02;12 drop frame").has_frames);

    auto const wrong = moments_in("too harsh (0:75)");
    EXPECT_TRUE(wrong.moments.empty());
    EXPECT_FALSE(wrong.has_frames);
    EXPECT_EQ(wrong.wrong, "(0:75)");
    EXPECT_EQ(wrong.text, "too harsh (0:75)");
    EXPECT_EQ(moments_in("1:60:00 x").wrong, "1:60:00");
    EXPECT_EQ(moments_in("1'60\" x").wrong, "1'60\"");
    EXPECT_EQ(moments_in("0:59 x").wrong, "");
}

TEST(Moments, AreReadAloneFromSessionToml) {
    EXPECT_EQ(moment_of("0:47"), (Moment{47.0, 47.0}));
    EXPECT_EQ(moment_of(" 1:02 to 1:18 "), (Moment{62.0, 78.0}));
    EXPECT_EQ(moment_of("[1:02.5]"), (Moment{62.5, 62.5}));
    EXPECT_EQ(moment_of("47s"), (Moment{47.0, 47.0}));
    for (auto const* text : {"", "chorus", "0:47 x", "0:47, 1:32", "0:75", "00:00:01:02", "47"}) {
        EXPECT_FALSE(moment_of(text)) << text;
    }
}

TEST(Clock, IsWrittenShort) {
    EXPECT_EQ(clock_text(0.0), "0:00");
    EXPECT_EQ(clock_text(47.0), "0:47");
    EXPECT_EQ(clock_text(46.84), "0:46.8");
    EXPECT_EQ(clock_text(59.96), "1:00");
    EXPECT_EQ(clock_text(3723.5), "1:02:03.5");
    EXPECT_EQ(clock_text(-1.0), "0:00");
}

} // namespace

} // namespace stemlathe::test
