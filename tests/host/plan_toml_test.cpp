#include "host/plan/plan_toml.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

MasteringPlan parse(std::string_view text) {
    return parse_plan(text, "plan.toml");
}

/// Every key of the contract's section 4 with a value that is not its default.
constexpr auto* kFull = R"(
schema = "stemlathe.plan/1"
[[stem]]
match = "vocals"
gain_db = -0.5
pan = 0.25
width = 1.5
mute = true
invert = true
eq = [ {type="bell", hz=2500, gain_db=-3.5, q=1.3, dynamic={key="drums", threshold_db=-31, attack_ms=9, release_ms=121}},
       {type="high-pass", hz=80, slope_db_oct=24},
       {type="curve", points=[[100, 1.5], [1000.5, -2]]} ]
dynamics = {threshold_db=-21, ratio=2.5, knee_db=5, attack_ms=14, release_ms=119, makeup_db=1, detector="peak"}
region = [ {start_s=47.0, end_s=48.5, gain_db=-1.5, fade_s=0.1, eq=[{type="bell", hz=7000, gain_db=-3, q=2}]} ]
[[stem]]
match = "*"
eq = "off"
dynamics = "off"
[bus]
eq = [ {type="low-shelf", hz=90, gain_db=0.8, q=0.7} ]
multiband = {crossovers_hz=[120, 800], band=[{ratio=1.8}, {ratio=1.9}, {ratio=2.1}]}
limiter = {lookahead_ms=4, release_ms=[70, 400]}
[reference]
strength = 0.3
max_gain_db = 3.5
[masking]
fix = "off"
[[delivery]]
profile = "streaming"
name = "loud"
integrated_lufs = -12.5
true_peak_dbtp = -2
limiter = "off"
gr_budget_db = 5
sample_rate_hz = 44100
bit_depth = "float"
container = "WAV"
codec = "float_32"
dither = "shaped"
seed = 9007199254740992
based_on = "vinyl"
tolerance_lu = 0.5
integrated_lufs_min = -15
integrated_lufs_max = -11
short_form_max_lufs = -8.5
low_end = {high_pass_hz=31.5, side_high_pass_hz=0, side_slope_db_oct=18}
side_format = "10in-33"
file_name = "{artist}-{title}_{bits}"
metadata = {bext=true, isrc=false}
[[delivery]]
profile = "archive"
integrated_lufs = "off"
true_peak_dbtp = "off"
bit_depth = 16
low_end = "off"
)";

TEST(PlanToml, MeansWhatItSays) {
    auto const plan = parse(kFull);
    ASSERT_EQ(plan.stem.size(), 2U);
    auto const& stem = plan.stem[0];
    EXPECT_EQ(stem.match, "vocals");
    EXPECT_EQ(stem.pan, 0.25);
    EXPECT_TRUE(stem.mute && stem.invert);
    ASSERT_EQ(stem.eq.value().size(), 3U);
    EXPECT_EQ(stem.eq.value()[0].dynamic->key, "drums");
    EXPECT_EQ(stem.eq.value()[1].band.slope_db_oct, 24.0);
    EXPECT_EQ(stem.eq.value()[2].band.points[1], (CurvePoint{1000.5, -2.0}));
    EXPECT_EQ(stem.dynamics.value().detector, Detector::peak);
    EXPECT_EQ(stem.region[0].eq[0].band.hz, 7000.0);
    EXPECT_TRUE(plan.stem[1].eq.is_off() && plan.stem[1].dynamics.is_off());
    EXPECT_EQ(plan.bus.multiband.value().band[2].ratio, 2.1);
    EXPECT_EQ(plan.bus.limiter.value().slow_release_ms, 400.0);
    EXPECT_EQ(plan.reference_strength, 0.3);
    EXPECT_EQ(plan.masking_fix, false);
    EXPECT_EQ(plan.delivery[0].seed, 9007199254740992ULL);
    EXPECT_EQ(plan.delivery[0].bit_depth, 32);
    EXPECT_EQ(plan.delivery[0].based_on, "vinyl");
    EXPECT_EQ(plan.delivery[0].low_end.value().high_pass_hz, 31.5);
    EXPECT_EQ(plan.delivery[0].side_format, "10in-33");
    EXPECT_EQ(plan.delivery[0].file_name, "{artist}-{title}_{bits}");
    EXPECT_EQ(plan.delivery[0].metadata.isrc, false);
    EXPECT_FALSE(plan.delivery[0].metadata.tags);
    EXPECT_TRUE(plan.delivery[1].low_end.is_off());
    EXPECT_TRUE(plan.delivery[1].integrated_lufs.is_off());
}

TEST(PlanToml, ReadsBackAsTheSamePlan) {
    auto const plan = parse(kFull);
    EXPECT_EQ(parse(plan_toml(plan)), plan);
    EXPECT_EQ(plan_toml(parse(plan_toml(plan))), plan_toml(plan));
    EXPECT_EQ(parse(plan_toml({})), MasteringPlan{});
}

TEST(PlanToml, LeftOutIsAutomatic) {
    auto const plan = parse("[[stem]]\n[bus]\n[[delivery]]\nprofile = \"cd\"");
    EXPECT_TRUE(plan.stem[0].eq.is_auto() && plan.stem[0].dynamics.is_auto());
    EXPECT_TRUE(plan.bus.eq.is_auto() && plan.bus.multiband.is_auto());
    EXPECT_TRUE(plan.delivery[0].integrated_lufs.is_auto());
    EXPECT_EQ(plan.delivery[0].name, "cd");
    EXPECT_EQ(parse("reference = \"off\"").reference_strength, 0.0);
    EXPECT_FALSE(parse("reference = \"auto\"").reference_strength);
}

TEST(PlanToml, RefusesWhatCannotBeInASentence) {
    for (auto const& [text, words] : std::vector<std::pair<char const*, char const*>>{
             {"schema = \"stemlathe.plan/2\"", "schema is \"stemlathe.plan/2\""},
             {"[[stem]]\ndynamics = {ratio=0.5}", "stem[0].dynamics.ratio is 0.5; it must be 1"},
             {"[[stem]]\ndynamics = {rato=2}", "did you mean \"ratio\"?"},
             {"[[stem]]\npan = 2", "stem[0].pan is 2; it must be -1 to 1"},
             {"[[stem]]\ngain_db = nan", "it must be -60 to 24"},
             {"[[stem]]\ngain_db = \"0\"", "it must be a number"},
             {"[[stem]]\neq = \"on\"", "stem[0].eq is \"on\""},
             {"[[stem]]\neq = 3", "it must be a list of tables"},
             {"[[stem]]\neq = [{type=\"bel\"}]", "did you mean \"bell\"?"},
             {"[[stem]]\neq = [{type=\"bell\", hz=5}]", "stem[0].eq[0].hz is 5"},
             {"[[stem]]\neq = [{type=\"high-pass\", slope_db_oct=7}]", "must be 6, 12, 18"},
             {"[[stem]]\neq = [{type=\"curve\"}]", "points must be a list"},
             {"[[stem]]\neq = [{type=\"curve\", points=[[9, 0]]}]", "10 to 96000 Hz"},
             {"[[stem]]\neq = [{type=\"curve\", points=[[90, 0]], hz=90}]", "hz is not a key"},
             {"[[stem]]\neq = [{type=\"curve\", points=[[90, 0], [90, 1]]}]", "rise strictly"},
             {"[bus]\neq = [{type=\"bell\", dynamic={key=\"drums\"}}]", "not possible here"},
             {"[[stem]]\nregion = [{start_s=2, end_s=1}]", "must be after start_s"},
             {"[bus]\nmultiband = {crossovers_hz=[800, 120], band=[]}", "rise strictly"},
             {"[bus]\nmultiband = {crossovers_hz=[120], band=[{}]}", "1 crossovers make 2 bands"},
             {"[bus]\nlimiter = {release_ms=[500, 80]}", "the faster one first"},
             {"[[delivery]]\nname = \"x\"", "profile is missing"},
             {"[[delivery]]\nprofile = \"cd\"\nbit_depth = 20", "16, 24 or \"float\""},
             {"[[delivery]]\nprofile = \"cd\"\nintegrated_lufs = 3", "it must be -60 to -3"},
             {"[[delivery]]\nprofile = \"cd\"\nseed = -1", "seed is -1"},
             {"[[delivery]]\nprofile = \"cd\"\ncontainer = \"wav\"", "did you mean \"WAV\"?"},
             {"[masking]\nfix = \"on\"", "masking.fix is \"on\""},
             {"[stems]", "did you mean \"stem\"?"},
             {"[[stem]", "line 1, column"}}) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, words, [&] { (void)parse(text); })) << text;
    }
}

TEST(PlanToml, SaysWhichPlanIsMissing) {
    EXPECT_TRUE(fails_with(Code::not_found, "/nowhere/plan.toml", [] {
        (void)load_plan("/nowhere/plan.toml");
    }));
}

} // namespace

} // namespace stemlathe::test
