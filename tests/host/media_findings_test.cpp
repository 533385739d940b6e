#include "host/session/media_findings.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stemlathe::test {

namespace {

MediaInfo good_media() {
    MediaInfo media;
    media.codec = "pcm_24";
    media.rate_hz = 48'000;
    media.channels = 2;
    media.frames = 48'000;
    media.bit_depth = 24;
    return media;
}

/// The one finding about `media`; nothing if there is none.
std::optional<Finding> only_finding(MediaInfo const& media) {
    auto const found = media_findings(media, "01_Drums.wav");
    EXPECT_LE(found.size(), 1U);
    return found.empty() ? std::nullopt : std::optional{found.front()};
}

TEST(MediaFindings, SayNothingOfAGoodFile) {
    EXPECT_FALSE(only_finding(good_media()));
}

TEST(MediaFindings, WarnOfFewerThan24Bits) {
    for (int const bits : {8, 16, 20, 23}) {
        auto media = good_media();
        media.bit_depth = bits;
        auto const found = only_finding(media);
        ASSERT_TRUE(found) << bits;
        EXPECT_EQ(found->code, "low_bit_depth");
        EXPECT_EQ(found->severity, Severity::warn);
        EXPECT_EQ(found->measured, bits);
        EXPECT_EQ(found->limit, 24);
    }
    for (int const bits : {24, 32, 64}) {
        auto media = good_media();
        media.bit_depth = bits;
        EXPECT_FALSE(only_finding(media)) << bits;
    }
}

TEST(MediaFindings, RefuseWhatNoStemIs) {
    auto surround = good_media();
    surround.channels = 3;
    EXPECT_EQ(only_finding(surround)->code, "channel_count");
    EXPECT_EQ(only_finding(surround)->severity, Severity::refuse);
    for (int const rate_hz : {44'099, 192'001}) {
        auto odd = good_media();
        odd.rate_hz = rate_hz;
        EXPECT_EQ(only_finding(odd)->code, "unreadable") << rate_hz;
    }
    for (int const rate_hz : {44'100, 192'000}) {
        auto fine = good_media();
        fine.rate_hz = rate_hz;
        EXPECT_FALSE(only_finding(fine)) << rate_hz;
    }
}

TEST(MediaFindings, NameWhatAHeaderHides) {
    auto stream = good_media();
    stream.streaming_header = true;
    EXPECT_EQ(only_finding(stream)->code, "streaming_header");
    EXPECT_EQ(only_finding(stream)->severity, Severity::info);
    auto disguised = good_media();
    disguised.wrong_content = true;
    disguised.container = Container::flac;
    EXPECT_EQ(only_finding(disguised)->code, "wrong_content");
    EXPECT_EQ(only_finding(disguised)->severity, Severity::warn);
    EXPECT_NE(only_finding(disguised)->message.find("FLAC"), std::string::npos);
}

TEST(MediaFindings, RefuseWhatLosesSoundUnderALosslessName) {
    auto mp3 = good_media();
    mp3.wrong_content = true;
    mp3.container = Container::mp3;
    mp3.bit_depth = 0;
    EXPECT_EQ(only_finding(mp3)->code, "wrong_content");
    EXPECT_EQ(only_finding(mp3)->severity, Severity::refuse);
    EXPECT_NE(only_finding(mp3)->message.find("MP3 inside"), std::string::npos);
}

} // namespace

} // namespace stemlathe::test
