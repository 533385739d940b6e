#include "host/pipeline/broadcast_info.hpp"
#include "host/pipeline/resolve.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

Stem stem_at(std::optional<std::int64_t> time_reference_frames, int rate_hz) {
    Stem stem{.file = "a.wav"};
    stem.media.rate_hz = rate_hz;
    stem.media.channels = 2;
    stem.media.bit_depth = 24;
    stem.media.time_reference_frames = time_reference_frames;
    return stem;
}

Session released_song(int rate_hz) {
    Session session{.folder = "/music/song", .rate_hz = rate_hz, .frames = 10 * rate_hz};
    session.info.artist = "Motörhead";
    session.info.isrc = "QZABC2600001";
    return session;
}

BroadcastInfo info_of(char const* profile, Session const& session, std::int64_t from_frame = 0) {
    auto const plan =
        resolve_delivery({.profile = profile}, BusPlan{.limiter = LimiterPlan{}}, session);
    Window const window{.from_frame = from_frame, .frames = session.frames - from_frame};
    return broadcast_info(plan, session, window, "Ace");
}

TEST(BroadcastInformation, NamesTheMusicAndTheRecording) {
    auto const info = info_of("broadcast", released_song(48'000));
    EXPECT_EQ(info.description, "Motörhead - Ace [broadcast]");
    EXPECT_EQ(info.originator, "stemlathe");
    EXPECT_EQ(info.originator_reference, "QZABC2600001");
}

/// An hour and 147 frames at 44.1 kHz are an hour and 160 frames at 48 kHz.
TEST(BroadcastInformation, ScalesTheTimeReferenceToTheDeliveredRate) {
    auto session = released_song(44'100);
    session.stems = {stem_at(44'100LL * 3600 + 147, 44'100)};
    EXPECT_EQ(info_of("broadcast", session).time_reference_frames, 48'000LL * 3600 + 160);
    EXPECT_EQ(info_of("streaming", session).time_reference_frames, 44'100LL * 3600 + 147);
}

TEST(BroadcastInformation, BeginsWithTheEarliestStem) {
    auto session = released_song(48'000);
    session.stems = {
        stem_at(48'000LL * 3600 + 480, 48'000),
        stem_at(std::nullopt, 48'000),
        stem_at(96'000LL * 3600, 96'000)};
    EXPECT_EQ(info_of("broadcast", session).time_reference_frames, 48'000LL * 3600);
    // A stem that starts two seconds into the song puts the song two seconds before itself.
    session.stems[2].offset_s = 2.0;
    EXPECT_EQ(info_of("broadcast", session).time_reference_frames, 48'000LL * 3598);
    EXPECT_EQ(info_of("broadcast", session, 48'000).time_reference_frames, 48'000LL * 3599);
}

TEST(BroadcastInformation, CountsFromMidnightWhereNoStemKnowsItsPlace) {
    auto session = released_song(48'000);
    session.stems = {stem_at(std::nullopt, 48'000)};
    EXPECT_EQ(info_of("broadcast", session).time_reference_frames, 0);
    EXPECT_EQ(info_of("broadcast", session, 480).time_reference_frames, 480) << "a preview";
    session.stems = {stem_at(0, 48'000)};
    session.stems[0].offset_s = 1.0;
    EXPECT_EQ(info_of("broadcast", session).time_reference_frames, 0) << "no day before this one";
}

TEST(BroadcastInformation, SaysWhereTheAudioComesFrom) {
    auto session = released_song(44'100);
    session.stems = {stem_at(0, 44'100), stem_at(0, 44'100)};
    session.stems[0].media.bit_depth = 16;
    EXPECT_EQ(
        info_of("broadcast", session).coding_history,
        "A=PCM,F=44100,W=24,M=stereo,T=2 stems\r\n"
        "A=PCM,F=48000,W=24,M=stereo,T=stemlathe; TPDF dither\r\n"
    );
    session.stems.pop_back();
    session.stems[0].media.channels = 1;
    session.stems[0].media.bit_depth = 32;
    session.stems[0].media.is_float = true;
    EXPECT_EQ(
        info_of("archive", session).coding_history,
        "A=PCM,F=44100,W=32,M=mono,T=1 stem; float\r\n"
        "A=PCM,F=44100,W=32,M=stereo,T=stemlathe; float\r\n"
    );
}

TEST(BroadcastInformation, TakesItsDateFromPeopleAndNeverFromAClock) {
    auto session = released_song(48'000);
    session.stems = {stem_at(0, 48'000), stem_at(0, 48'000)};
    EXPECT_EQ(info_of("broadcast", session).origination_date, "");
    session.stems[1].media.origination_date = "2026-01-02";
    EXPECT_EQ(info_of("broadcast", session).origination_date, "2026-01-02");
    session.info.date = "2026-03-04";
    EXPECT_EQ(info_of("broadcast", session).origination_date, "2026-03-04");
}

} // namespace

} // namespace stemlathe::test
