#include "host/comments/propose.hpp"
#include "host/plan/matching.hpp"
#include "host/plan/plan_toml.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

Session session() {
    Session out{.rate_hz = 48'000, .frames = 200 * 48'000};
    out.stems = {
        {.path = "01_Drums.wav", .file = "01_Drums.wav", .role = Role::drums},
        {.path = "02_Bass.wav", .file = "02_Bass.wav", .role = Role::bass},
        {.path = "03_Vocals.wav", .file = "03_Vocals.wav", .role = Role::vocals},
        {.path = "04_Instruments.wav", .file = "04_Instruments.wav", .role = Role::instruments}};
    return out;
}

std::string const kVocals = "03_Vocals.wav";
std::string const kGuitars = "04_Instruments.wav";

/// A remark at 0:47 with its measurements.
CommentReading remark(std::string text, std::string stem) {
    CommentReading reading{
        .comment = {
            .start_s = 47.0, .end_s = 47.0, .text = std::move(text), .stem = std::move(stem)}};
    auto& measured = reading.measurements;
    measured.from_s = 46.7;
    measured.to_s = 48.3;
    for (auto const& each : session().stems) {
        measured.stem_levels.push_back({.stem = each.file, .against_median_db = 0.0});
    }
    return reading;
}

CommentReading with_level(std::string text, double level_db) {
    auto reading = remark(std::move(text), kVocals);
    reading.measurements.stem_levels[2].against_median_db = level_db;
    return reading;
}

CommentReading with_band(std::string text, std::string band, double excess_db) {
    auto reading = remark(std::move(text), kVocals);
    double const low_hz = band == "presence" ? 2000.0 : 120.0;
    double const high_hz = band == "presence" ? 5000.0 : 500.0;
    reading.measurements.band_excess = {{kVocals, std::move(band), low_hz, high_hz, excess_db}};
    return reading;
}

CommentReading with_sibilance(double excess_db) {
    auto reading = remark("sibilance is too harsh", kVocals);
    reading.measurements.sibilance_db = excess_db;
    reading.measurements.sibilance_stem = kVocals;
    reading.measurements.sibilant_from_s = 46.8;
    reading.measurements.sibilant_to_s = 48.1;
    return reading;
}

CommentReading answered(CommentReading reading, MaskingReading const* masking = nullptr) {
    std::vector<CommentReading> readings{std::move(reading)};
    propose(readings, session().stems, masking);
    return readings.front();
}

/// An empty one where nothing is proposed.
CommentProposal proposal_of(CommentReading const& reading) {
    return reading.proposal.value_or(CommentProposal{});
}

/// The gain proposed, or 0.
double gain_of(CommentReading const& reading) {
    if (!reading.proposal) {
        return 0.0;
    }
    auto const region = proposal_of(reading).region;
    return region.eq.empty() ? region.gain_db : region.eq.front().band.gain_db;
}

TEST(Proposals, TakeHalfOfTheSibilanceThatIsTooMuch) {
    auto const reading = answered(with_sibilance(5.1));
    ASSERT_TRUE(reading.proposal);
    auto const proposal = proposal_of(reading);
    EXPECT_EQ(proposal.stem, kVocals);
    EXPECT_EQ(
        proposal.reason,
        "vocals -2.5 dB at 5 to 9 kHz, 0:46.8 to 0:48.1: sibilance is 5.1 dB over its median there"
    );
    EXPECT_FALSE(proposal.applied);
    EXPECT_EQ(reading.note, "");
    RegionPlan expected{.start_s = 46.8, .end_s = 48.1, .fade_s = 0.05};
    // Centre sqrt(5 * 9) kHz, Q that over 4 kHz.
    expected.eq = {{.band = {.hz = 6700.0, .gain_db = -2.5, .q = 1.68, .points = {}}}};
    EXPECT_EQ(proposal.region, expected);
}

TEST(Proposals, BeginWhereTheNumbersAgree) {
    auto const under = answered(with_sibilance(1.99));
    EXPECT_FALSE(under.proposal);
    EXPECT_EQ(
        under.note,
        "the numbers do not show it: the sibilance in vocals is 2.0 dB over its median there; from "
        "2 dB on a change is proposed"
    );
    EXPECT_EQ(gain_of(answered(with_sibilance(2.0))), -1.0);
    EXPECT_EQ(gain_of(answered(with_sibilance(7.9))), -4.0);
    EXPECT_EQ(gain_of(answered(with_sibilance(20.0))), -4.0) << "never more";
}

TEST(Proposals, CutOneBandOfOneStem) {
    auto const reading = answered(with_band("a bit harsh", "presence", 3.1));
    ASSERT_TRUE(reading.proposal);
    EXPECT_EQ(
        proposal_of(reading).reason,
        "vocals -1.5 dB at 2 to 5 kHz, 0:46.7 to 0:48.3: that range is 3.1 dB over its median there"
    );
    EXPECT_EQ(proposal_of(reading).region.start_s, 46.7);
    EXPECT_EQ(proposal_of(reading).region.end_s, 48.3);
    EXPECT_EQ(proposal_of(reading).region.gain_db, 0.0);
    EXPECT_EQ(proposal_of(reading).region.eq.at(0).band.hz, 3200.0);
    EXPECT_FALSE(answered(with_band("a bit harsh", "presence", 1.9)).proposal);
    EXPECT_FALSE(answered(with_band("a bit harsh", "low-mid", 9.0)).proposal) << "another band";
    EXPECT_EQ(gain_of(answered(with_band("muddy", "low-mid", 4.0))), -2.0);
    EXPECT_EQ(gain_of(answered(with_band("too thin", "low-mid", -3.0))), 1.5);
    EXPECT_EQ(gain_of(answered(with_band("too thin", "low-mid", -9.0))), 2.0) << "never more";
    EXPECT_FALSE(answered(with_band("too thin", "low-mid", -1.9)).proposal);
    EXPECT_FALSE(answered(with_band("too thin", "low-mid", 5.0)).proposal);
}

TEST(Proposals, FindTheStemThatSticksOutWhereNoneIsNamed) {
    auto reading = remark("harsh", "");
    reading.measurements.band_excess = {
        {kGuitars, "presence", 2000.0, 5000.0, 6.0, -10.0, 0.15},
        {kVocals, "presence", 2000.0, 5000.0, 3.0, -10.0, 0.85}};
    EXPECT_EQ(proposal_of(answered(reading)).stem, kGuitars);
    reading.measurements.band_excess[0].share = 0.14;
    EXPECT_EQ(proposal_of(answered(reading)).stem, kVocals) << "too little of the mix there";
    reading.measurements.band_excess[0].share = 0.9;
    reading.comment.text = "I love how harsh the guitars are";
    EXPECT_FALSE(answered(reading).proposal) << "praise";
    reading.comment.text = "guitars fine, vocals harsh";
    EXPECT_EQ(proposal_of(answered(reading)).stem, kVocals);
}

TEST(Proposals, PassOverBandsThatAreNoPartOfTheSound) {
    auto reading = with_band("boomy", "low-mid", 6.0);
    reading.measurements.band_excess[0].over_stem_db = -20.0;
    EXPECT_TRUE(answered(reading).proposal);
    reading.measurements.band_excess[0].over_stem_db = -20.1;
    auto const found = answered(reading);
    EXPECT_FALSE(found.proposal);
    EXPECT_NE(found.note.find("too little at that range"), std::string::npos);
}

TEST(Proposals, TurnDownWhatIsTooLoud) {
    auto const reading = answered(with_level("vocals too loud", 3.1));
    ASSERT_TRUE(reading.proposal);
    EXPECT_EQ(
        proposal_of(reading).reason,
        "vocals -1.5 dB, 0:46.7 to 0:48.3: its level is 3.1 dB over its median there"
    );
    EXPECT_TRUE(proposal_of(reading).region.eq.empty());
    EXPECT_EQ(gain_of(answered(with_level("vocals too loud", 1.5))), -1.0);
    EXPECT_EQ(gain_of(answered(with_level("vocals too loud", 30.0))), -3.0) << "never more";
    auto const calm = answered(with_level("vocals too loud", 1.4));
    EXPECT_FALSE(calm.proposal);
    EXPECT_NE(calm.note.find("the level of vocals is 1.4 dB over its median"), std::string::npos);
}

TEST(Proposals, TurnUpWhatIsTooQuiet) {
    EXPECT_EQ(gain_of(answered(with_level("can't hear the vocals", -1.5))), 1.0);
    EXPECT_EQ(gain_of(answered(with_level("can't hear the vocals", -3.0))), 1.5);
    EXPECT_EQ(gain_of(answered(with_level("can't hear the vocals", -20.0))), 2.0) << "never more";
    EXPECT_EQ(
        answered(with_level("can't hear the vocals", -20.1)).note, "vocals is all but silent there"
    );
    auto const loud = answered(with_level("can't hear the vocals", -1.4));
    EXPECT_FALSE(loud.proposal);
    EXPECT_NE(loud.note.find("1.4 dB under its median"), std::string::npos);
}

/// Guitars cover the voice at 0:47.
MaskingReading masking() {
    MaskingReading out;
    out.findings.push_back(
        {.masked = kVocals,
         .masker = kGuitars,
         .start_s = 40.0,
         .end_s = 50.0,
         .margin_db = 3.0,
         .target_db = 6.0}
    );
    return out;
}

TEST(Proposals, TurnUpWhatIsCovered) {
    auto reading = remark("I lose the words here, the guitars cover the vocal", "");
    reading.measurements.masking_findings = {0};
    auto found = masking();
    auto const covered = answered(reading, &found);
    ASSERT_TRUE(covered.proposal);
    EXPECT_EQ(
        proposal_of(covered).reason,
        "vocals +1.5 dB, 0:46.7 to 0:48.3: masked by instruments there, 3.0 dB short of being clear"
    );
    reading.comment.text = "the guitars cover the vocal";
    EXPECT_EQ(gain_of(answered(reading, &found)), 1.5) << "two are named, one is covered";
    reading.comment.text = "the bass covers the vocal";
    EXPECT_FALSE(answered(reading, &found).proposal) << "another masker";
    EXPECT_FALSE(answered(reading).proposal) << "nothing was analysed";

    reading.comment.text = "the guitars cover the vocal";
    found.findings[0].fix = MaskingFix{.stem = kGuitars, .applied = true};
    auto const fixed = answered(reading, &found);
    EXPECT_FALSE(fixed.proposal);
    EXPECT_NE(fixed.note.find("put on instruments answers it"), std::string::npos);
}

TEST(Proposals, SayWhatIsMissing) {
    auto const note_of = [](CommentReading const& reading) {
        auto const out = answered(reading);
        EXPECT_FALSE(out.proposal);
        return out.note;
    };
    EXPECT_NE(note_of(remark("too loud", "")).find("say which stem is meant"), std::string::npos);
    EXPECT_NE(
        note_of(remark("drums and bass too loud", "")).find("several stems"), std::string::npos
    );
    auto reading = remark("too harsh", kVocals);
    EXPECT_EQ(note_of(reading), "vocals is all but silent there");
    reading = remark("too loud", kVocals);
    reading.measurements.stem_levels[2].against_median_db.reset();
    EXPECT_EQ(note_of(reading), "vocals is all but silent there");
    reading = remark("too loud", kVocals);
    reading.comment.anchored = false;
    EXPECT_NE(note_of(reading).find("no time was given"), std::string::npos);
    reading = remark("too loud", kVocals);
    reading.measurements = {};
    EXPECT_NE(note_of(reading).find("was not analysed"), std::string::npos);
    EXPECT_EQ(note_of(remark("lovely", kVocals)), "") << "nothing is asked for";
}

TEST(Proposals, AreMadeOnce) {
    std::vector<CommentReading> readings{
        with_sibilance(5.0), with_sibilance(5.0), with_level("vocals too loud", 4.0)};
    propose(readings, session().stems, nullptr);
    EXPECT_TRUE(readings[0].proposal);
    EXPECT_FALSE(readings[1].proposal);
    EXPECT_EQ(readings[1].note, "the remark at 0:47 leads to the same change");
    EXPECT_TRUE(readings[2].proposal) << "something else";
    propose(readings, session().stems, nullptr);
    EXPECT_TRUE(readings[0].proposal) << "what was proposed before is forgotten";
    EXPECT_EQ(readings[0].note, "");

    readings[1].measurements.sibilant_from_s = 48.1;
    readings[1].measurements.sibilant_to_s = 48.3;
    propose(readings, session().stems, nullptr);
    EXPECT_TRUE(readings[1].proposal) << "another time";
}

TEST(Proposals, NameTheFileWhereSeveralStemsShareTheRole) {
    auto stems = session().stems;
    stems.push_back({.file = "06_Choir.wav", .role = Role::vocals});
    std::vector<CommentReading> readings{with_sibilance(5.0)};
    propose(readings, stems, nullptr);
    ASSERT_TRUE(readings[0].proposal);
    EXPECT_TRUE(proposal_of(readings[0]).reason.starts_with("03_Vocals.wav -2.5 dB"));
}

class AppliedProposals : public ::testing::Test {
  protected:
    void SetUp() override {
        readings = {with_sibilance(5.1), with_level("vocals too loud", 4.0), remark("lovely", "")};
        propose(readings, session().stems, nullptr);
    }

    std::vector<CommentReading> readings;
};

TEST_F(AppliedProposals, StandInThePlanOfTheirStem) {
    auto plan = parse_plan(
        "[[stem]]\nmatch = \"vocals\"\ngain_db = -1\n[[stem]]\nmatch = \"*\"\npan = 0.5",
        "plan.toml"
    );
    apply_proposals(plan, readings, session());
    ASSERT_EQ(plan.stem.size(), 3U);
    auto const vocals = plan_for_stem(plan, session().stems[2]);
    EXPECT_EQ(vocals.gain_db, -1.0) << "what the plan said for the role still holds";
    ASSERT_EQ(vocals.region.size(), 2U);
    EXPECT_EQ(vocals.region[0], proposal_of(readings[0]).region);
    EXPECT_EQ(vocals.region[1].gain_db, -2.0);
    EXPECT_TRUE(plan_for_stem(plan, session().stems[0]).region.empty());
    EXPECT_TRUE(proposal_of(readings[0]).applied);
    EXPECT_TRUE(proposal_of(readings[1]).applied);
    EXPECT_FALSE(readings[2].proposal);
}

TEST_F(AppliedProposals, SurviveBeingWrittenAndRead) {
    MasteringPlan plan;
    apply_proposals(plan, readings, session());
    TempFolder const folder;
    write_file(folder / "plan.toml", plan_toml(plan));
    auto const loaded = load_plan(folder / "plan.toml");
    EXPECT_EQ(loaded.stem, plan.stem);
    EXPECT_EQ(plan_toml(loaded), plan_toml(plan));
    check_matches(loaded, session());
}

TEST_F(AppliedProposals, AreNotAddedTwice) {
    auto plan = parse_plan("[[stem]]\nmatch = \"03_Vocals\"\n", "plan.toml");
    apply_proposals(plan, readings, session());
    auto const once = plan_toml(plan);
    apply_proposals(plan, readings, session());
    EXPECT_EQ(plan_toml(plan), once);
    EXPECT_EQ(plan.stem.size(), 1U) << "the file's name without its extension";
}

TEST_F(AppliedProposals, PassOverAStemThatIsGone) {
    auto without = session();
    without.stems.erase(without.stems.begin() + 2);
    MasteringPlan plan;
    apply_proposals(plan, readings, without);
    EXPECT_TRUE(plan.stem.empty());
    EXPECT_FALSE(proposal_of(readings[0]).applied);
}

} // namespace

} // namespace stemlathe::test
