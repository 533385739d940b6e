#include "host/session/session_toml.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

SessionFile read(std::string_view text) {
    TempFolder const folder;
    write_file(folder / "session.toml", text);
    return load_session_file(folder / "session.toml");
}

TEST(SessionToml, SaysAllThatTheContractNames) {
    auto const file = read(R"(
title = "Night Drive"
artist = "A"
album = "B"
isrc = "gb-aye-68-00011"
upc = "036000291452"
date = 2026-11-25
genre = "rock"
audience = "clubs"
platforms = ["spotify", "vinyl"]
[[stem]]
file = "01_Drums.wav"
role = "drums"
priority = 2
offset_s = -0.5
[[stem]]
file = "x.wav"
[reference]
mix = "rough/mix.wav"
tracks = ["references/a.wav"]
[intake]
strict = true
[[comment]]
at = "1:02-1:18"
text = "too harsh"
stem = "vocals"
[[comment]]
start_s = 47.5
text = "a click"
[[comment]]
text = "lovely"
)");
    EXPECT_EQ(
        file.comments,
        (std::vector<Comment>{
            {62.0, 78.0, "too harsh", "vocals", true},
            {47.5, 47.5, "a click", "", true},
            {0.0, 0.0, "lovely", "", false}})
    );
    EXPECT_EQ(file.info.title, "Night Drive");
    EXPECT_EQ(file.info.isrc, "GBAYE6800011");
    EXPECT_EQ(file.info.upc, "036000291452");
    EXPECT_EQ(file.info.date, "2026-11-25");
    EXPECT_EQ(file.info.platforms, (std::vector<std::string>{"spotify", "vinyl"}));
    EXPECT_EQ(file.reference_mix, "rough/mix.wav");
    EXPECT_TRUE(file.strict_intake);
    auto const* const hint = file.hint_for("01_Drums.wav");
    ASSERT_NE(hint, nullptr);
    EXPECT_EQ(hint->role, Role::drums);
    EXPECT_EQ(hint->priority, 2);
    EXPECT_EQ(hint->offset_s, -0.5);
    EXPECT_FALSE(file.hint_for("x.wav")->role);
    EXPECT_EQ(file.hint_for("y.wav"), nullptr);
}

TEST(SessionToml, MayBeEmptyOrMissing) {
    EXPECT_EQ(read("").info.title, "");
    EXPECT_EQ(load_session_file("/nowhere/session.toml").info.title, "");
}

TEST(SessionToml, NamesKeyValueAndWhatWouldBeRight) {
    for (auto const& [text, words] : std::vector<std::pair<char const*, char const*>>{
             {"titel = \"x\"", "did you mean \"title\"?"},
             {"title = 3", "title is 3; it must be a text in quotes"},
             {"isrc = \"GB1\"", "isrc is \"GB1\"; it must be like QZABC2600001"},
             {"upc = \"036000291453\"", "right check digit"},
             {"date = \"2026-13-01\"", "a date such as"},
             {"date = \"yesterday\"", "a date such as"},
             {"date = \"2026-1-01x\"", "a date such as"},
             {"platforms = \"vinyl\"", "it must be a list of texts"},
             {"[[stem]]\nrole = \"drums\"", "stem[0].file is missing"},
             {"[[stem]]\nfile = \"a\"\nrole = \"drumz\"", "did you mean \"drums\"?"},
             {"[[stem]]\nfile = \"a\"\noffset_s = 99999.0", "it must be -3600 to 3600"},
             {"[[stem]]\nfile = \"a\"\npriority = 1.5", "whole number"},
             {"stem = 3", "it must be a list of tables"},
             {"[reference]\nmix = \"../other/mix.wav\"", "must lie in the session folder"},
             {"[reference]\nmix = \"/etc/passwd\"", "must lie in the session folder"},
             {"[[comment]]\nat = \"0:47\"", "comment[0].text is missing"},
             {"[[comment]]\ntext = \"x\"\nat = \"soon\"", "it must be like 0:47"},
             {"[[comment]]\ntext = \"x\"\nat = \"1:18-1:02\"", "before it starts"},
             {"[[comment]]\ntext = \"x\"\nstart_s = 3\nend_s = 2.5", "before it starts"},
             {"[[comment]]\ntext = \"x\"\nend_s = 2.5", "has no start_s"},
             {"[[comment]]\ntext = \"x\"\nat = \"0:47\"\nstart_s = 47", "a second time"},
             {"[[comment]]\ntext = \"x\"\nstart_s = -1", "it must be 0 to 86400"},
             {"[[comment]]\ntext = \"x\"\ntime = \"0:47\"", "not a key"},
             {"[intake]\nstrict = \"yes\"", "true or false"},
             {"title = ", "line 1, column"}}) {
        EXPECT_TRUE(fails_with(Code::invalid_session, words, [&] { (void)read(text); })) << text;
    }
}

TEST(SessionToml, HasLimitsOfComments) {
    std::string const longest(4096, 'x');
    EXPECT_EQ(read("[[comment]]\ntext = \"" + longest + "\"").comments.size(), 1U);
    EXPECT_TRUE(fails_with(Code::invalid_session, "at most 4096", [&] {
        (void)read("[[comment]]\ntext = \"" + longest + "x\"");
    }));
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += "[[comment]]\ntext = \"x\"\n";
    }
    EXPECT_EQ(read(many).comments.size(), 1000U);
    EXPECT_TRUE(fails_with(Code::invalid_session, "at most 1000", [&] {
        (void)read(many + "[[comment]]\ntext = \"x\"\n");
    }));
}

} // namespace

} // namespace stemlathe::test
