#include "host/pipeline/delivery_files.hpp"
#include "host/pipeline/resolve.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

Session song() {
    Session session{.folder = "/music/my song", .rate_hz = 88'200, .frames = 88'200};
    session.info.artist = "Café del Sur";
    session.info.title = "Night drive (don't stop)";
    return session;
}

DeliveryPlan plan_of(char const* profile, Session const& session) {
    return resolve_delivery({.profile = profile}, BusPlan{.limiter = LimiterPlan{}}, session);
}

TEST(DeliveryFiles, AreNamedInLettersThatEverySystemTakes) {
    EXPECT_EQ(file_safe("Night drive (don't stop)"), "NightDriveDontStop");
    EXPECT_EQ(file_safe("../_x y"), "xY");
    EXPECT_EQ(file_safe("夜"), "");
    auto const session = song();
    EXPECT_EQ(
        delivery_path(plan_of("cd", session), session).generic_string(),
        "masters/cd/CafeDelSur_NightDriveDontStop_cd_44k16.wav"
    );
    EXPECT_EQ(
        delivery_path(plan_of("hires", session), session).generic_string(),
        "masters/hires/CafeDelSur_NightDriveDontStop_hires_88k2_24.flac"
    );
    EXPECT_EQ(
        delivery_path(plan_of("opus", session), session).generic_string(),
        "masters/opus/CafeDelSur_NightDriveDontStop_opus_48k.opus"
    );
    EXPECT_EQ(
        delivery_path(plan_of("stems", session), session, "01_Drums").generic_string(),
        "masters/stems/CafeDelSur_NightDriveDontStop_stems_01_Drums_88k2_32f.wav"
    );
}

TEST(DeliveryFiles, TakeTheFoldersNameWhereThereIsNoTitle) {
    auto session = song();
    session.info = {};
    EXPECT_EQ(
        delivery_path(plan_of("streaming", session), session).generic_string(),
        "masters/streaming/mySong_streaming_88k2_24.wav"
    );
}

TEST(DeliveryFiles, FillCdsUpToWholeSectors) {
    auto const session = song();
    auto const cd = plan_of("cd", session);
    EXPECT_EQ(padded_frames(cd, 1), 588);
    EXPECT_EQ(padded_frames(cd, 588), 588);
    EXPECT_EQ(padded_frames(cd, 589), 1176);
    EXPECT_EQ(padded_frames(plan_of("streaming", session), 589), 589);
}

} // namespace

} // namespace stemlathe::test
