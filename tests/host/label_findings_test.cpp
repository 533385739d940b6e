#include "host/session/label_findings.hpp"
#include "host/session/labels.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

std::vector<Stem> stems_named(std::vector<std::string> const& files) {
    std::vector<Stem> stems;
    for (auto const& file : files) {
        stems.push_back({.path = file, .file = file});
    }
    return stems;
}

TEST(LabelFinding, IsNotMadeOfANameThatIsClear) {
    for (auto const* name :
         {"01_Drums.wav", "02_Bass.aif", "03_Vocals.wav", "04_Instruments.wav", "05_FX.flac"}) {
        EXPECT_FALSE(label_finding(name)) << name;
    }
}

TEST(LabelFinding, SaysWhichRoleWasGuessed) {
    auto const found = label_finding("LeadVox-take2.wav");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->code, "label");
    EXPECT_EQ(found->severity, Severity::info);
    EXPECT_NE(found->message.find("taken for vocals"), std::string::npos) << found->message;
}

TEST(LabelFinding, SaysHowToNameARoleThatIsInNoName) {
    auto const found = label_finding("Track 7.wav");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::warn);
    EXPECT_NE(
        found->message.find("stem = [{file = \"Track 7.wav\", role = \"vocals\"}]"),
        std::string::npos
    ) << found->message;
}

TEST(LabelFinding, KnowsAWholeMixByItsName) {
    for (auto const* name :
         {"bounce_final_v3_FINAL.wav", "Mixdown.wav", "My Song - Master 2.wav", "PreMaster.wav"}) {
        auto const found = label_finding(name);
        ASSERT_TRUE(found) << name;
        EXPECT_EQ(found->severity, Severity::warn);
        EXPECT_NE(found->message.find("whole mix"), std::string::npos) << found->message;
    }
    for (auto const* name : {"Drum Mix.wav", "Masterpiece.wav", "mixer.wav", "Vocal bounce.wav"}) {
        EXPECT_FALSE(sounds_like_a_mix(name)) << name;
    }
}

TEST(LabelNumber, IsWhatStandsBeforeAName) {
    EXPECT_EQ(number_of_label("03_Vocals.wav"), "3");
    EXPECT_EQ(number_of_label("3 Vox.wav"), "3");
    EXPECT_EQ(number_of_label("12Guitar.wav"), "12");
    for (auto const* name :
         {"Vocals.wav", "808.wav", "808_Kick.wav", "00_Click.wav", "7.wav", ""}) {
        EXPECT_EQ(number_of_label(name), "") << name;
    }
}

TEST(NumberFindings, TellOfTwoStemsWithOneNumber) {
    auto const found =
        number_findings(stems_named({"01_Drums.wav", "02_Bass.wav", "02_Bass_new.wav", "x.wav"}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].code, "label");
    EXPECT_EQ(found[0].severity, Severity::warn);
    EXPECT_EQ(found[0].stem, "02_Bass_new.wav");
    EXPECT_NE(found[0].message.find("02_Bass.wav"), std::string::npos) << found[0].message;
    EXPECT_TRUE(
        number_findings(stems_named({"01_Drums.wav", "02_Bass.wav", "a.wav", "b.wav"})).empty()
    );
}

TEST(ReferenceFinding, TellsOfAChoice) {
    EXPECT_FALSE(reference_finding({}));
    EXPECT_FALSE(reference_finding({"Reference_Mix.wav"}));
    auto const found = reference_finding({"ref_mix_1.wav", "ref_mix_2.wav"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::warn);
    EXPECT_NE(found->message.find("mix = \"ref_mix_2.wav\""), std::string::npos) << found->message;
}

} // namespace

} // namespace stemlathe::test
