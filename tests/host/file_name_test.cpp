#include "host/pipeline/delivery_name.hpp"
#include "host/plan/file_name.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

std::string filled(std::string_view pattern, std::map<std::string_view, std::string> values) {
    return filled_file_name(pattern, [&](std::string_view name) { return values[name]; });
}

TEST(FileName, PutsValuesWhereTheirPlaceholdersAre) {
    EXPECT_EQ(filled("{title}-{profile}_x", {{"title", "A"}, {"profile", "cd"}}), "A-cd_x");
    EXPECT_EQ(filled("{track}{title}", {{"title", "A"}, {"track", "07"}}), "07A");
}

TEST(FileName, LosesTheSeparatorOfWhatHasNoValue) {
    EXPECT_EQ(filled("{artist}_{title}_{isrc}", {{"title", "A"}}), "A");
    EXPECT_EQ(filled("{artist}-{title}_{isrc}_{bits}", {{"title", "A"}, {"bits", "24"}}), "A_24");
    EXPECT_EQ(filled("x_{title}", {}), "x");
    EXPECT_EQ(filled("{title}_{isrc}", {}), "");
    EXPECT_EQ(filled("__{title}--", {{"title", "A"}}), "A");
}

TEST(FileName, RefusesWhatCouldLeaveItsFolderOrItsFileSystem) {
    for (auto const& [pattern, words] : std::vector<std::pair<std::string, char const*>>{
             {"", "has 0 letters"},
             {std::string(161, 'a'), "has 161 letters; it must have 1 to 160"},
             {"../{title}", "holds a dot"},
             {"/{title}", "holds a slash"},
             {"{title}\\x", "holds a slash"},
             {"{title}.wav", "holds a dot; the extension comes from the container"},
             {"{title} {isrc}", "holds ' '"},
             {"{title}:x", "holds ':'"},
             {"{title}\n", "holds a letter"},
             {"caf\xC3\xA9_{title}", "holds a letter"},
             {std::string{"{title}\0x", 9}, "holds a letter"},
             {"{titel}", "did you mean \"title\"?"},
             {"{../title}", "which stemlathe does not know"},
             {"{}", "which stemlathe does not know"},
             {"{title", "opens a brace that is never closed"},
             {"title}", "closes a brace"},
             {"{{title}}", "which stemlathe does not know"},
             {"single", "names every song the same"},
         }) {
        auto const complaint = file_name_complaint(pattern);
        EXPECT_NE(complaint.find(words), std::string::npos) << pattern << ": " << complaint;
    }
    EXPECT_EQ(file_name_complaint(kUsualFileName), "");
    EXPECT_EQ(
        file_name_complaint("{artist}{title}{version}{album}{profile}{stem}{track}{isrc}{upc}{date}"
                            "{rate}{bits}{format}-_aZ09"),
        ""
    );
}

TEST(DeliveryName, FollowsThePattern) {
    Session session{.folder = "/music/my song", .rate_hz = 88'200};
    session.info.artist = "Café del Sur";
    session.info.title = "Night drive";
    session.info.version = "Radio Edit";
    session.info.album = "../../etc";
    session.info.isrc = "QZABC2600001";
    session.info.date = "2026-11-26";
    session.info.track = 7;
    DeliveryPlan plan{
        .profile = "label_x",
        .based_on = "streaming",
        .name = "label_x",
        .sample_rate_hz = 88'200,
        .bit_depth = 24,
        .container = "WAV",
        .codec = "pcm_24"};
    auto const name = [&](std::string pattern, std::string_view stem = {}) {
        plan.file_name = std::move(pattern);
        return delivery_path(plan, session, stem).generic_string();
    };
    EXPECT_EQ(name("{track}_{title}_{version}"), "masters/label_x/07_NightDrive_RadioEdit.wav");
    EXPECT_EQ(name("{isrc}-{rate}-{bits}"), "masters/label_x/QZABC2600001-88k2-24.wav");
    EXPECT_EQ(name("{profile}_{format}_{date}"), "masters/label_x/label_x_88k2_24_2026-11-26.wav");
    EXPECT_EQ(name("{album}"), "masters/label_x/Etc.wav");
    EXPECT_EQ(name("{title}_x", "instrumental"), "masters/label_x/NightDrive_x_instrumental.wav");
    EXPECT_EQ(name("{version}_{title}", "tv"), "masters/label_x/tv_NightDrive.wav");
    EXPECT_EQ(name("{stem}_{upc}_{artist}", "01_Drums"), "masters/label_x/01_Drums_CafeDelSur.wav");
}

} // namespace

} // namespace stemlathe::test
