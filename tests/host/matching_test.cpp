#include "host/plan/matching.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

Session two_stems() {
    Session session;
    session.stems = {
        {.path = "/s/01_Drums.wav", .file = "01_Drums.wav", .role = Role::drums},
        {.path = "/s/02_Kick.wav", .file = "02_Kick.wav", .role = Role::drums}};
    return session;
}

MasteringPlan plan_with(std::vector<std::pair<std::string, double>> const& stems) {
    MasteringPlan plan;
    for (auto const& [match, gain_db] : stems) {
        plan.stem.push_back({.match = match, .gain_db = gain_db});
    }
    return plan;
}

TEST(Matching, TheMoreExactWordWins) {
    auto const session = two_stems();
    auto const plan = plan_with({{"*", 1.0}, {"02_Kick.wav", 3.0}, {"drums", 2.0}});
    EXPECT_EQ(plan_for_stem(plan, session.stems[0]).gain_db, 2.0);
    EXPECT_EQ(plan_for_stem(plan, session.stems[1]).gain_db, 3.0);
    EXPECT_EQ(plan_for_stem(plan, session.stems[1]).match, "02_Kick.wav");
    EXPECT_EQ(plan_for_stem(plan_with({{"*", 1.0}}), session.stems[0]).gain_db, 1.0);
}

TEST(Matching, AFileNeedsNoExtension) {
    EXPECT_EQ(plan_for_stem(plan_with({{"02_Kick", 3.0}}), two_stems().stems[1]).gain_db, 3.0);
}

TEST(Matching, NothingForAStemIsAutomatic) {
    auto const plan = plan_for_stem({}, two_stems().stems[0]);
    EXPECT_EQ(plan.match, "01_Drums.wav");
    EXPECT_TRUE(plan.eq.is_auto());
    EXPECT_TRUE(plan.dynamics.is_auto());
}

TEST(Matching, AWordThatMeansNobodyIsAnError) {
    auto const session = two_stems();
    EXPECT_NO_THROW(check_matches(plan_with({{"drums", 0.0}, {"*", 0.0}}), session));
    EXPECT_TRUE(fails_with(Code::invalid_plan, "did you mean \"drums\"?", [&] {
        check_matches(plan_with({{"drumz", 0.0}}), session);
    }));
    EXPECT_TRUE(fails_with(Code::invalid_plan, "vocals", [&] {
        (void)stem_matching(session, "vocals");
    }));
    EXPECT_EQ(stem_matching(session, "02_Kick.wav"), 1U);
    EXPECT_EQ(stem_matching(session, "drums"), 0U);
}

TEST(Matching, KeysOfDynamicBandsMustMeanAStemToo) {
    auto plan = plan_with({{"*", 0.0}});
    PlanBand band;
    band.dynamic = DynamicKey{.key = "vocals"};
    plan.stem[0].eq = std::vector{band};
    EXPECT_TRUE(fails_with(Code::invalid_plan, "vocals", [&] { check_matches(plan, two_stems()); })
    );
}

} // namespace

} // namespace stemlathe::test
