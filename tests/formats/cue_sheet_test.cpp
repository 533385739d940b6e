#include "formats/cue_sheet.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

CueSheet full_sheet() {
    return {
        .wave_file = "Song_CD_44k16.wav",
        .title = "Nachtfahrt (\"live\")",
        .performer = "Motörhead",
        .isrc = "gb-aye-68-00011",
        .upc = "036000291452"};
}

TEST(CueSheet, SaysWhatADiscOfOneTrackNeeds) {
    EXPECT_EQ(
        cue_text(full_sheet()),
        "CATALOG 0036000291452\r\n"
        "PERFORMER \"Motorhead\"\r\n"
        "TITLE \"Nachtfahrt ('live')\"\r\n"
        "FILE \"Song_CD_44k16.wav\" WAVE\r\n"
        "  TRACK 01 AUDIO\r\n"
        "    TITLE \"Nachtfahrt ('live')\"\r\n"
        "    PERFORMER \"Motorhead\"\r\n"
        "    ISRC GBAYE6800011\r\n"
        "    INDEX 01 00:00:00\r\n"
    );
}

TEST(CueSheet, ListsTheTracksOfADisc) {
    auto sheet = full_sheet();
    sheet.tracks = {
        {.title = "One", .performer = "A", .isrc = "GBAYE6800011", .pregap = {}},
        {.title = "Two", .performer = "B", .isrc = {}, .pregap = "00:06:00", .start = "00:08:00"}};
    auto const text = cue_text(sheet);
    auto const tracks = text.substr(text.find("  TRACK 01"));
    EXPECT_EQ(
        tracks,
        "  TRACK 01 AUDIO\r\n"
        "    TITLE \"One\"\r\n"
        "    PERFORMER \"A\"\r\n"
        "    ISRC GBAYE6800011\r\n"
        "    INDEX 01 00:00:00\r\n"
        "  TRACK 02 AUDIO\r\n"
        "    TITLE \"Two\"\r\n"
        "    PERFORMER \"B\"\r\n"
        "    INDEX 00 00:06:00\r\n"
        "    INDEX 01 00:08:00\r\n"
    );
    sheet.tracks[1].isrc = "GB1";
    EXPECT_TRUE(fails_with(Code::invalid_session, "isrc is GB1", [&] { (void)cue_text(sheet); }));
}

TEST(CueSheet, LeavesOutWhatIsNotKnown) {
    EXPECT_EQ(
        cue_text({.wave_file = "a.wav", .title = {}, .performer = {}, .isrc = {}, .upc = {}}),
        "FILE \"a.wav\" WAVE\r\n  TRACK 01 AUDIO\r\n    INDEX 01 00:00:00\r\n"
    );
}

TEST(CueSheet, CutsCdTextAtEightyLetters) {
    auto sheet = full_sheet();
    sheet.title = std::string(100, 'x');
    EXPECT_NE(cue_text(sheet).find('"' + std::string(80, 'x') + '"'), std::string::npos);
}

TEST(CueSheet, RefusesWrongNumbers) {
    auto sheet = full_sheet();
    sheet.isrc = "GB1";
    EXPECT_TRUE(fails_with(Code::invalid_session, "isrc is GB1", [&] { (void)cue_text(sheet); }));
    sheet = full_sheet();
    sheet.upc = "036000291453";
    EXPECT_TRUE(fails_with(Code::invalid_session, "check digit", [&] { (void)cue_text(sheet); }));
}

} // namespace

} // namespace stemlathe::test
