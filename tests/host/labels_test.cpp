#include "host/session/labels.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

TEST(RoleFromLabel, HearsWhatPeopleWrite) {
    for (auto const& [name, role] : std::vector<std::pair<char const*, Role>>{
             {"01_Drums.wav", Role::drums},
             {"02_Bass.wav", Role::bass},
             {"03_Vocals.wav", Role::vocals},
             {"04_Instruments.wav", Role::instruments},
             {"05_FX.wav", Role::fx},
             {"03_LeadVox-take2.wav", Role::vocals},
             {"kick in.aif", Role::drums},
             {"Bass_Drum.wav", Role::drums},
             {"808.wav", Role::bass},
             {"el.guitar.flac", Role::instruments},
             {"GTR_L.WAV", Role::instruments},
             {"BGV 1.wav", Role::vocals},
             {"04Guitar.wav", Role::instruments},
             {"2drums.wav", Role::drums},
             {"Ambience.wav", Role::fx},
             {"Song - Lead Vocal.wav", Role::vocals}}) {
        EXPECT_EQ(role_from_label(name), role) << name;
    }
}

TEST(RoleFromLabel, DoesNotGuessInsideWords) {
    for (auto const* name : {"Track 7.wav", "That.wav", "mixdown.wav", "Submit", "", ".wav"}) {
        if (std::string_view{name} == "Submit") {
            EXPECT_EQ(role_from_label(name), Role::bass) << "a word that begins with sub counts";
        } else {
            EXPECT_FALSE(role_from_label(name)) << name;
        }
    }
}

TEST(ClearLabel, IsANumberAndAName) {
    EXPECT_TRUE(is_clear_label("01_Drums.wav"));
    EXPECT_TRUE(is_clear_label("12_Lead_Vox2.wav"));
    for (auto const* name : {"Drums.wav", "1_Drums.wav", "01-Drums.wav", "01_.wav", "01_A b.wav"}) {
        EXPECT_FALSE(is_clear_label(name)) << name;
    }
}

TEST(ReferenceMix, IsFoundInAnySpelling) {
    for (auto const* name :
         {"Reference_Mix.wav", "reference mix.wav", "REF-MIX v2.wav", "song_roughmix.flac"}) {
        EXPECT_TRUE(is_reference_mix(name)) << name;
    }
    EXPECT_FALSE(is_reference_mix("mix.wav"));
    EXPECT_FALSE(is_reference_mix("reference.wav"));
}

TEST(StemExtension, IsOneOfTheLosslessKinds) {
    for (auto const* name : {"a.wav", "a.WAV", "a.aiff", "a.flac", "a.caf", "a.b.w64"}) {
        EXPECT_TRUE(has_stem_extension(name)) << name;
    }
    for (auto const* name : {"a.mp3", "a.ogg", "a.m4a"}) {
        EXPECT_FALSE(has_stem_extension(name)) << name;
        EXPECT_TRUE(has_other_audio_extension(name)) << name;
    }
    for (auto const* name : {"wav", "a", "a.txt", ""}) {
        EXPECT_FALSE(has_stem_extension(name)) << name;
        EXPECT_FALSE(has_other_audio_extension(name)) << name;
    }
}

} // namespace

} // namespace stemlathe::test
