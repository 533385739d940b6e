#include "host/pipeline/resolve.hpp"
#include "host/plan/plan_json.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/session/labels.hpp"
#include "host/session/session_toml.hpp"
#include "host/versions/resolve_versions.hpp"
#include "kernels/base/failure.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <utility>

/// Which stems a version has, and what is said of a session that cannot give it.
namespace stemlathe::test {

namespace {

using StemNames = std::vector<std::string>;

/// A minute of stems with these names, their roles and parts as the labels say.
Session session_with(StemNames const& files) {
    Session session{.rate_hz = 48'000, .frames = 60LL * 48'000};
    for (auto const& file : files) {
        session.stems.push_back(
            {.path = file,
             .file = file,
             .role = role_from_label(file).value_or(Role::other),
             .vocal_part = vocal_part_from_label(file)}
        );
    }
    return session;
}

VersionPlan
version_plan(std::string name, StemNames stems = {}, std::vector<VersionMute> mute = {}) {
    return {.name = std::move(name), .stems = std::move(stems), .mute = std::move(mute)};
}

StemNames
stems_of_version(Session const& session, std::string const& name, MasteringPlan const& plan = {}) {
    return resolve_versions(plan, {.names = {name}}, session).at(0).stems;
}

std::string version_refusal(Session const& session, std::string const& name) {
    try {
        (void)stems_of_version(session, name);
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::invalid_argument);
        EXPECT_EQ(failure.key(), "versions");
        return failure.what();
    }
    return "nothing was refused";
}

bool speaks_of(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

Session const& five_stems() {
    static Session const session = session_with(
        {"01_Drums.wav", "02_Bass.wav", "03_LeadVox.wav", "04_BackingVox.wav", "05_FX.wav"}
    );
    return session;
}

TEST(VersionRules, DivideASessionByItsVoices) {
    EXPECT_EQ(
        stems_of_version(five_stems(), "instrumental"),
        (StemNames{"01_Drums.wav", "02_Bass.wav", "05_FX.wav"})
    );
    EXPECT_EQ(
        stems_of_version(five_stems(), "acappella"),
        (StemNames{"03_LeadVox.wav", "04_BackingVox.wav"})
    );
    EXPECT_EQ(
        stems_of_version(five_stems(), "tv"),
        (StemNames{"01_Drums.wav", "02_Bass.wav", "04_BackingVox.wav", "05_FX.wav"})
    );
}

TEST(VersionRules, HearBackingVocalsInLabels) {
    for (auto const* name :
         {"04_BackingVox.wav",
          "BV_L.wav",
          "05_BGVs.wav",
          "Background Vocals.wav",
          "06_Choir.wav",
          "Vox Harmony 2.wav",
          "07_GangVocals.wav"}) {
        EXPECT_EQ(vocal_part_from_label(name), VocalPart::backing) << name;
        EXPECT_EQ(role_from_label(name), Role::vocals) << name;
    }
    for (auto const* name : {"03_LeadVox.wav", "Vocal Main.wav", "LD Vox.wav"}) {
        EXPECT_EQ(vocal_part_from_label(name), VocalPart::lead) << name;
    }
    for (auto const* name : {"03_Vocals.wav", "Lead and Backing Vocals.wav", "Feedback.wav"}) {
        EXPECT_FALSE(vocal_part_from_label(name)) << name;
    }
}

TEST(VersionRules, TakeWhatIsNotLabelledForTheOtherPart) {
    EXPECT_EQ(
        stems_of_version(session_with({"01_Drums.wav", "02_Vocals.wav", "03_BV.wav"}), "tv"),
        (StemNames{"01_Drums.wav", "03_BV.wav"})
    );
    EXPECT_EQ(
        stems_of_version(
            session_with({"01_Drums.wav", "02_LeadVocals.wav", "03_Vocals2.wav"}), "tv"
        ),
        (StemNames{"01_Drums.wav", "03_Vocals2.wav"})
    );
    auto said = session_with({"01_Drums.wav", "02_Vocals.wav", "03_Vocals2.wav"});
    said.stems[1].vocal_part = VocalPart::lead;
    EXPECT_EQ(stems_of_version(said, "tv"), (StemNames{"01_Drums.wav", "03_Vocals2.wav"}));
}

TEST(VersionRules, RefuseATvMixWhereNothingTellsLeadFromBacking) {
    auto const refused = [](StemNames const& files) {
        return version_refusal(session_with(files), "tv");
    };
    auto const neither = refused({"01_Drums.wav", "02_Vocals.wav", "03_Vocals2.wav"});
    EXPECT_TRUE(speaks_of(neither, "nothing says whether 02_Vocals.wav has lead or backing"))
        << neither;
    EXPECT_TRUE(speaks_of(neither, "part = \"lead\"")) << neither;
    auto const one_more = refused({"1_Drums.wav", "2_LeadVox.wav", "3_BV.wav", "4_Vox.wav"});
    EXPECT_TRUE(speaks_of(one_more, "nothing says whether 4_Vox.wav")) << one_more;
    auto const lead_alone = refused({"01_Drums.wav", "02_LeadVox.wav"});
    EXPECT_TRUE(speaks_of(lead_alone, "it would be the instrumental")) << lead_alone;
    auto const backing_alone = refused({"01_Drums.wav", "02_BV.wav"});
    EXPECT_TRUE(speaks_of(backing_alone, "it would be the master itself")) << backing_alone;
}

TEST(VersionRules, RefuseVersionsThatASessionCannotGive) {
    auto const drums = session_with({"01_Drums.wav", "02_Bass.wav"});
    for (auto const* name : {"instrumental", "acappella", "tv"}) {
        EXPECT_TRUE(
            speaks_of(version_refusal(drums, name), "no stem of this session has the role vocals")
        );
    }
    auto const voices = session_with({"01_LeadVox.wav", "02_BV.wav"});
    EXPECT_TRUE(
        speaks_of(version_refusal(voices, "instrumental"), "no stem of this session would be left")
    );
    auto const clean = version_refusal(five_stems(), "clean");
    EXPECT_TRUE(speaks_of(clean, "does not say what is explicit; add [versions.clean]")) << clean;
    auto const unknown = version_refusal(five_stems(), "acapella");
    EXPECT_TRUE(speaks_of(unknown, "there is no version \"acapella\"")) << unknown;
    EXPECT_TRUE(speaks_of(unknown, "did you mean \"acappella\"")) << unknown;
}

TEST(VersionRules, DoWhatSessionTomlSays) {
    auto session = five_stems();
    session.versions = {
        version_plan("clean", {}, {{.stem = "vocals", .start_s = 10.0, .end_s = 10.5}}),
        version_plan("drumless", {"bass", "vocals", "05_FX"}),
        version_plan("instrumental", {"*"})};
    auto const clean = resolve_versions({}, {.names = {"clean"}}, session).at(0);
    EXPECT_EQ(clean.stems.size(), 5U);
    ASSERT_EQ(clean.mute.size(), 2U); // of a role: of each stem that has it
    EXPECT_EQ(clean.mute[1].stem, "04_BackingVox.wav");
    EXPECT_EQ(
        stems_of_version(session, "drumless"),
        (StemNames{"02_Bass.wav", "03_LeadVox.wav", "04_BackingVox.wav", "05_FX.wav"})
    );
    EXPECT_EQ(stems_of_version(session, "instrumental").size(), 5U);
    EXPECT_TRUE(speaks_of(version_refusal(session, "drumles"), "did you mean \"drumless\""));
}

TEST(VersionRules, RefuseWordsThatNoStemAnswersTo) {
    auto session = five_stems();
    session.versions = {
        version_plan("a", {"guitar"}),
        version_plan("b", {"drums"}, {{.stem = "vocals", .start_s = 1.0, .end_s = 2.0}}),
        version_plan("c", {}, {{.stem = "vocals", .start_s = 61.0, .end_s = 62.0}})};
    EXPECT_TRUE(speaks_of(
        version_refusal(session, "a"), "\"guitar\", which no stem of this session answers"
    ));
    EXPECT_TRUE(
        speaks_of(version_refusal(session, "b"), "mutes 03_LeadVox.wav, which it does not have")
    );
    EXPECT_TRUE(
        speaks_of(version_refusal(session, "c"), "from 61 s on, behind the song's end (60.000 s)")
    );
}

TEST(VersionRules, PreferThePlanAndTheCommandLine) {
    auto session = five_stems();
    session.versions = {version_plan("clean", {"drums"})};
    MasteringPlan const plan{
        .version = {version_plan("clean", {"bass"}), version_plan("instrumental")}};
    auto const planned = resolve_versions(plan, {}, session);
    ASSERT_EQ(planned.size(), 2U);
    EXPECT_EQ(planned[0].stems, (StemNames{"02_Bass.wav"}));
    EXPECT_EQ(planned[1].stems, stems_of_version(five_stems(), "instrumental"));
    auto const wanted =
        resolve_versions(plan, {.names = {"tv", "tv"}, .peaks = VersionPeaks::trim}, session);
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_EQ(wanted[0].peaks, VersionPeaks::trim);
}

TEST(VersionRules, LeaveAResolvedPlanAsItIs) {
    auto session = five_stems();
    session.versions = {
        version_plan("clean", {}, {{.stem = "03_LeadVox.wav", .start_s = 0.1, .end_s = 0.7}})};
    session.versions[0].isrc = "QZABC2600001";
    VersionWish const wish{.names = {"instrumental", "clean"}, .peaks = VersionPeaks::trim};
    auto const plan = resolve_without_audio({}, {"archive"}, session, wish);
    auto const text = plan_toml(plan);
    auto const again = parse_plan(text, "plan.toml");
    EXPECT_EQ(again.version, plan.version) << text;
    EXPECT_EQ(parse_plan_json(plan_json(plan), "plan").version, plan.version);
    session.versions.clear(); // the plan needs them no more
    EXPECT_EQ(resolve_without_audio(again, {}, session), plan);
}

TEST(VersionRules, NeedAMasterToLieBeside) {
    EXPECT_THROW(
        (void)resolve_without_audio({}, {"stems"}, five_stems(), {.names = {"tv"}}), Failure
    );
}

std::string versions_toml_refusal(std::string const& text) {
    TempFolder const folder;
    write_file(folder / "session.toml", text);
    try {
        (void)load_session_file(folder / "session.toml");
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::invalid_session);
        return failure.what();
    }
    return "nothing was refused";
}

TEST(VersionsInSessionToml, AreReadWhole) {
    TempFolder const folder;
    write_file(folder / "session.toml", R"(
[[stem]]
file = "a.wav"
part = "backing"
[versions.clean]
mute = [{stem = "vocals", start_s = 61.2, end_s = 61.6},
        {stem = "a.wav", start_s = 1, end_s = 2, fade_s = 0.1}]
isrc = "qz-abc-26-00001"
peaks = "trim"
[versions.no-drums]
stems = ["bass", "a.wav"]
)");
    auto const file = load_session_file(folder / "session.toml");
    EXPECT_EQ(file.stems.at(0).vocal_part, VocalPart::backing);
    ASSERT_EQ(file.versions.size(), 2U);
    auto const& clean = file.versions[0];
    EXPECT_EQ(clean.name, "clean");
    EXPECT_EQ(clean.isrc, "QZABC2600001");
    EXPECT_EQ(clean.peaks, VersionPeaks::trim);
    ASSERT_EQ(clean.mute.size(), 2U);
    EXPECT_EQ(clean.mute[0], (VersionMute{"vocals", 61.2, 61.6, 0.005}));
    EXPECT_EQ(clean.mute[1].fade_s, 0.1);
    EXPECT_EQ(file.versions[1].stems, (StemNames{"bass", "a.wav"}));
}

TEST(VersionsInSessionToml, AreRefusedInASentenceThatNamesTheKey) {
    for (auto const& [text, words] : std::vector<std::pair<std::string, std::string>>{
             {"[versions.clean]\nmutes = []", "mutes"},
             {"[versions.clean]\nmute = [{stem = \"a\", start_s = 2, end_s = 1}]", "after start_s"},
             {"[versions.clean]\nmute = [{stem = \"a\", start_s = 2}]", "end_s is missing"},
             {"[versions.clean]\nmute = [{start_s = 2, end_s = 3}]", "stem is missing"},
             {"[versions.clean]\npeaks = \"triim\"", "trim"},
             {"[versions.clean]\nisrc = \"7\"", "like QZABC2600001"},
             {"[versions.\"a b\"]\nstems = [\"*\"]", "64 letters, digits"},
             {"[[stem]]\nfile = \"a.wav\"\npart = \"main\"", "part"}}) {
        EXPECT_TRUE(speaks_of(versions_toml_refusal(text), words)) << versions_toml_refusal(text);
    }
}

} // namespace

} // namespace stemlathe::test
