#include "host/session/session_toml.hpp"
#include "service/agent/session_text.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

boost::json::object spec() {
    return {
        {"details",
         {{"title", "A \"song\"\n[[stem]]\nfile = \"x\""},
          {"artist", "B\\C"},
          {"isrc", "QZABC2600001"},
          {"notes", "not for the file"},
          {"platforms", {"a", "b\"]"}}}},
        {"files",
         {{{"filename", "01 \"Drums\".wav"},
           {"kind", "stem"},
           {"role", "drums"},
           {"priority", 2},
           {"offset_s", -0.25}},
          {{"filename", "Mix.wav"},
           {"kind", "reference_mix"},
           {"role", nullptr},
           {"priority", 0},
           {"offset_s", 0.0}}}},
        {"comments",
         {{{"text", "too \\ harsh"},
           {"stem", "01 \"Drums\".wav"},
           {"start_s", 47},
           {"end_s", 48.5}},
          {{"text", "of a stem that is gone"}, {"stem", "02_Bass.wav"}},
          {{"text", "of a role"}, {"stem", "vocals"}}}}};
}

TEST(SessionText, ReadsBackAsWhatTheSpecSays) {
    TempFolder const temp;
    write_file(temp / "session.toml", service::session_text(spec()));
    auto const file = load_session_file(temp / "session.toml");
    EXPECT_EQ(file.info.title, "A \"song\"\n[[stem]]\nfile = \"x\"");
    EXPECT_EQ(file.info.artist, "B\\C");
    EXPECT_EQ(file.info.isrc, "QZABC2600001");
    EXPECT_EQ(file.info.platforms, (std::vector<std::string>{"a", "b\"]"}));
    EXPECT_EQ(file.reference_mix, "Mix.wav");
    ASSERT_EQ(file.stems.size(), 1U);
    EXPECT_EQ(file.stems[0].file, "01 \"Drums\".wav");
    EXPECT_EQ(file.stems[0].role, Role::drums);
    EXPECT_EQ(file.stems[0].priority, 2);
    EXPECT_EQ(file.stems[0].offset_s, -0.25);
    ASSERT_EQ(file.comments.size(), 3U);
    EXPECT_EQ(file.comments[0].text, "too \\ harsh");
    EXPECT_EQ(file.comments[0].start_s, 47.0);
    EXPECT_EQ(file.comments[0].end_s, 48.5);
    EXPECT_EQ(file.comments[0].stem, "01 \"Drums\".wav");
    EXPECT_EQ(file.comments[1].stem, "") << "no stem answers to it, and the render would fail";
    EXPECT_FALSE(file.comments[1].anchored);
    EXPECT_EQ(file.comments[2].stem, "vocals");
}

} // namespace

} // namespace stemlathe::test
