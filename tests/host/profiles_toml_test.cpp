#include "host/model/profile.hpp"
#include "host/pipeline/resolve.hpp"
#include "host/plan/plan_json.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/profiles/profiles_toml.hpp"
#include "kernels/base/failure.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

ProfileCatalogue profiles_in(std::string_view text) {
    ProfileCatalogue catalogue;
    add_profiles(catalogue, text, "profiles.toml");
    return catalogue;
}

std::string complaint_about(std::string_view text) {
    try {
        (void)profiles_in(text);
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::invalid_plan);
        EXPECT_EQ(failure.file(), "profiles.toml");
        return failure.what();
    }
    ADD_FAILURE() << "nothing was refused: " << text;
    return {};
}

constexpr auto* kLabel = R"(
schema = "stemlathe.profiles/1"
[[profile]]
name = "label_x"
description = "Label X, digital"
based_on = "streaming"
integrated_lufs = -12.0
tolerance_lu = 0.3
true_peak_dbtp = -1.5
limiter = {lookahead_ms=5, release_ms=[60, 400]}
sample_rate_hz = 44100
bit_depth = 16
dither = "shaped"
low_end = {high_pass_hz=20, side_high_pass_hz=100, side_slope_db_oct=12}
file_name = "{isrc}_{title}_{profile}"
metadata = {bext=false, tags=true, isrc=true, replay_gain=false}
[[profile]]
name = "label_x_flac"
based_on = "label_x"
container = "FLAC"
low_end = "off"
metadata = {replay_gain=true}
)";

Session session_of(int rate_hz) {
    Session session{.folder = "/music/song", .rate_hz = rate_hz, .frames = 60LL * rate_hz};
    session.info.isrc = "QZABC2600001";
    session.stems.push_back({.path = "01_Drums.wav", .file = "01_Drums.wav", .role = Role::drums});
    return session;
}

TEST(ProfilesToml, DefinesADeliveryOfItsOwn) {
    auto const catalogue = profiles_in(kLabel);
    ASSERT_EQ(catalogue.custom().size(), 2U);
    auto const* const label = catalogue.find("label_x");
    ASSERT_NE(label, nullptr);
    EXPECT_EQ(label->what, "Label X, digital");
    EXPECT_EQ(label->file, "profiles.toml");
    auto const plan = resolve_without_audio(
        with_profiles({}, {"label_x"}, catalogue), {"label_x"}, session_of(48'000)
    );
    ASSERT_EQ(plan.delivery.size(), 1U);
    auto const& delivery = plan.delivery[0];
    EXPECT_EQ(delivery.name, "label_x");
    EXPECT_EQ(delivery.integrated_lufs.value(), -12.0);
    EXPECT_EQ(delivery.true_peak_dbtp.value(), -1.5);
    EXPECT_EQ(delivery.limiter.value().fast_release_ms, 60.0);
    EXPECT_EQ(delivery.sample_rate_hz, 44'100);
    EXPECT_EQ(delivery.codec, "pcm_16");
    EXPECT_EQ(delivery.dither, Dither::shaped);
    EXPECT_EQ(delivery.low_end.value().side_high_pass_hz, 100.0);
    auto const rules = profile_of(delivery);
    EXPECT_EQ(rules.tolerance_lu, 0.3);
    EXPECT_FALSE(rules.is_broadcast_wave);
    EXPECT_TRUE(shapes_bus(delivery));
}

TEST(ProfilesToml, BuildsOnOtherCustomProfilesInAnyOrder) {
    auto const catalogue = profiles_in(R"(
[[profile]]
name = "c"
based_on = "b"
gr_budget_db = 3
[[profile]]
name = "b"
based_on = "a"
integrated_lufs = -13
[[profile]]
name = "a"
based_on = "flac"
integrated_lufs = -16
tolerance_lu = 0.5
)");
    auto const& fields = catalogue.find("c")->fields;
    EXPECT_EQ(fields.based_on, "flac");
    EXPECT_EQ(fields.integrated_lufs.value(), -13.0);
    EXPECT_EQ(fields.tolerance_lu, 0.5);
    EXPECT_EQ(fields.gr_budget_db, 3.0);
    EXPECT_EQ(*catalogue.find("c")->example.container, "FLAC");

    auto const flac = profiles_in(kLabel).find("label_x_flac")->fields;
    EXPECT_TRUE(flac.low_end.is_off());
    EXPECT_EQ(flac.metadata.bext, false);
    EXPECT_EQ(flac.metadata.replay_gain, true);
    EXPECT_EQ(flac.bit_depth, 16);
}

TEST(ProfilesToml, TellsWhatIsWrongInASentence) {
    auto const profile = [](std::string_view fields) {
        return "[[profile]]\nname = \"x\"\nbased_on = \"streaming\"\n" + std::string{fields};
    };
    for (auto const& [text, words] : std::vector<std::pair<std::string, char const*>>{
             {"schema = \"stemlathe.profiles/2\"", "stemlathe.profiles/1"},
             {"[[profil]]\nname = \"x\"", "did you mean \"profile\"?"},
             {"[[profile]]\nbased_on = \"cd\"", "profile[0].name is missing"},
             {"[[profile]]\nname = \"x\"", "profile[0].based_on is missing"},
             {"[[profile]]\nname = \"cd\"\nbased_on = \"cd\"", "which is built in"},
             {"[[profile]]\nname = \"../x\"\nbased_on = \"cd\"", "letters, digits, - and _"},
             {"[[profile]]\nname = \"x\"\nbased_on = \"streming\"", "did you mean \"streaming\"?"},
             {"[[profile]]\nname = \"x\"\nbased_on = \"x\"", "leads back here"},
             {"[[profile]]\nname=\"x\"\nbased_on=\"y\"\n[[profile]]\nname=\"y\"\nbased_on=\"x\"",
              "leads back here"},
             {profile("[[profile]]\nname = \"x\"\nbased_on = \"cd\""), "as another profile is"},
             {profile("loudness = -14"), "profile[0].loudness is not a key that stemlathe knows"},
             {profile("integrated_luf = -14"), "did you mean \"integrated_lufs\"?"},
             {profile("integrated_lufs = 3"), "is 3; it must be -60 to -3"},
             {profile("tolerance_lu = 0.01"), "it must be 0.05 to 6"},
             {profile("true_peak_dbtp = 1"), "it must be -20 to 0"},
             {profile("integrated_lufs_min = -9\nintegrated_lufs_max = -12"), "must lie under"},
             {profile("integrated_lufs_max = -16"), "is -14, outside of the profile's own range"},
             {profile("sample_rate_hz = 44100.5"), "must be a whole number"},
             {profile("bit_depth = 20"), "must be 16, 24"},
             {profile("container = \"MP4\""), "did you mean \"MP3\"?"},
             {profile("container = \"FLAC\"\nbit_depth = \"float\""), "does not go with"},
             {profile("container = \"MP3\"\nsample_rate_hz = 96000"), "MP3 has 44100 or 48000"},
             {profile("dither = \"pow-r\""), "dither is \"pow-r\""},
             {profile("low_end = {high_pass_hz = 5}"), "0 (none) or 10 to 200 Hz"},
             {profile("low_end = {mono_hz = 150}"), "low_end.mono_hz is not a key"},
             {profile("low_end = {side_slope_db_oct = 9}"), "must be 6, 12, 18 or 24"},
             {profile("file_name = \"../{title}\""), "file_name holds a dot"},
             {profile("file_name = \"{titel}\""), "did you mean \"title\"?"},
             {profile("metadata = {isrcs = true}"), "did you mean \"isrc\"?"},
             {profile("metadata = {isrc = \"yes\"}"), "must be true or false"},
             {profile("metadata = {bext = true}\ncontainer = \"FLAC\""), "no broadcast extension"},
             {profile("metadata = {cue_sheet = true}"), "goes with \"cd\" alone"},
             {profile("description = \"two\\nlines\""), "must be one line"},
             {"[[profile]", "line 1"},
         }) {
        auto const sentence = complaint_about(text);
        EXPECT_NE(sentence.find(words), std::string::npos) << text << "\n" << sentence;
    }
}

TEST(ProfilesToml, GivesWayToTheSessionsOwn) {
    TempFolder const folder;
    write_file(folder / "config.toml", "[[profile]]\nname = \"x\"\nbased_on = \"cd\"");
    write_file(
        folder / "session.toml",
        "[[profile]]\nname = \"x\"\nbased_on = \"flac\"\n[[profile]]\nname = \"y\"\nbased_on = "
        "\"x\""
    );
    auto const catalogue =
        load_profiles({folder / "config.toml", folder / "nowhere.toml", folder / "session.toml"});
    ASSERT_EQ(catalogue.custom().size(), 2U);
    EXPECT_EQ(catalogue.find("x")->fields.based_on, "flac");
    EXPECT_EQ(catalogue.find("x")->file, (folder / "session.toml").string());
    EXPECT_EQ(catalogue.find("y")->fields.based_on, "flac");
}

TEST(WithProfiles, MakesAPlanThatNeedsNoProfilesToml) {
    auto const catalogue = profiles_in(kLabel);
    auto const session = session_of(48'000);
    auto plan = resolve_without_audio(
        with_profiles({}, {"label_x", "label_x_flac", "cd"}, catalogue),
        {"label_x", "label_x_flac", "cd"},
        session
    );
    plan.bus.multiband = Choice<MultibandPlan>::off();
    auto const text = plan_toml(plan);
    EXPECT_EQ(text.find("auto"), std::string::npos) << text;
    auto const again = with_profiles(parse_plan(text, "plan.toml"), {}, {});
    EXPECT_EQ(resolve_without_audio(again, {}, session), plan);
    EXPECT_EQ(parse_plan_json(plan_json(plan), "the plan"), plan);

    // Whatever profiles.toml says by now, and by name as well.
    auto const changed = profiles_in("[[profile]]\nname = \"label_x\"\nbased_on = \"cd\"");
    auto const by_name = with_profiles(parse_plan(text, "plan.toml"), {"label_x"}, changed);
    EXPECT_EQ(
        resolve_without_audio(by_name, {"label_x"}, session).delivery, std::vector{plan.delivery[0]}
    );
}

TEST(WithProfiles, LetsThePlanOverrideTheProfile) {
    MasteringPlan plan;
    plan.delivery.push_back({.profile = "label_x", .name = "quiet", .integrated_lufs = -16.0});
    auto const out = with_profiles(plan, {}, profiles_in(kLabel));
    ASSERT_EQ(out.delivery.size(), 1U);
    EXPECT_EQ(out.delivery[0].name, "quiet");
    EXPECT_EQ(out.delivery[0].integrated_lufs.value(), -16.0);
    EXPECT_EQ(out.delivery[0].based_on, "streaming");
    EXPECT_EQ(out.delivery[0].bit_depth, 16);
}

TEST(WithProfiles, NamesTheNearestOfAllProfiles) {
    try {
        (void)with_profiles({}, {"lable_x"}, profiles_in(kLabel));
        FAIL() << "nothing was refused";
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::invalid_argument);
        EXPECT_NE(std::string{failure.what()}.find("\"label_x\"?"), std::string::npos);
    }
}

TEST(ResolveDelivery, KeepsBuiltInNamesForThemselves) {
    MasteringPlan plan;
    plan.delivery.push_back({.profile = "streaming", .based_on = "cd", .name = "s"});
    EXPECT_THROW((void)resolve_without_audio(plan, {}, session_of(48'000)), Failure);
}

TEST(ResolveDelivery, RefusesFileNamesThatTwoFilesWouldShare) {
    auto session = session_of(48'000);
    session.stems.push_back({.path = "01-drums.wav", .file = "01-drums.wav"});
    MasteringPlan plan;
    plan.delivery.push_back({.profile = "stems", .name = "stems", .file_name = "{title}"});
    EXPECT_NO_THROW((void)resolve_without_audio(plan, {}, session)); // their names come behind it
    plan.delivery[0].file_name = "{stem}";
    EXPECT_NO_THROW((void)resolve_without_audio(plan, {}, session));
    session.stems.back().path = "01_DRUMS.wav"; // another file only where case counts
    EXPECT_THROW((void)resolve_without_audio(plan, {}, session), Failure);
    plan.delivery[0] = {.profile = "cd", .name = "cd", .file_name = "{upc}"};
    EXPECT_THROW((void)resolve_without_audio(plan, {}, session), Failure); // there is no UPC
}

} // namespace

} // namespace stemlathe::test
