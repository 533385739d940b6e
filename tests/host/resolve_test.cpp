#include "host/model/profile.hpp"
#include "host/pipeline/band_levels.hpp"
#include "host/pipeline/resolve.hpp"
#include "host/plan/plan_toml.hpp"
#include "kernels/base/failure.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

Session session_at(int rate_hz) {
    Session session{.rate_hz = rate_hz, .frames = 60LL * rate_hz};
    for (auto const& [file, role] :
         {std::pair{"01_Drums.wav", Role::drums}, std::pair{"03_Vocals.wav", Role::vocals}}) {
        session.stems.push_back({.path = file, .file = file, .role = role});
    }
    return session;
}

/// The sentence of the failure that `body` must throw.
template <typename Body>
std::string refusal(Code code, Body const& body) {
    try {
        body();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), code) << failure.what();
        return failure.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
}

DeliveryPlan resolved(DeliveryPlan const& wish, int rate_hz = 48'000) {
    return resolve_delivery(wish, BusPlan{.limiter = LimiterPlan{}}, session_at(rate_hz));
}

TEST(Resolve, LeavesNothingAutomaticButTheMultiband) {
    auto plan = resolve_without_audio({}, {}, session_at(48'000));
    EXPECT_TRUE(plan.bus.multiband.is_auto());
    EXPECT_FALSE(is_resolved(plan));
    plan.bus.multiband = Choice<MultibandPlan>::off();
    EXPECT_TRUE(is_resolved(plan));
    ASSERT_EQ(plan.stem.size(), 2U);
    EXPECT_EQ(plan.stem[1].match, "03_Vocals.wav");
    ASSERT_EQ(plan.delivery.size(), 5U);
    EXPECT_EQ(plan.delivery[4].name, "broadcast-ebu");
}

TEST(Resolve, GivesItselfBackWhenItIsWrittenAndReadAgain) {
    auto plan =
        resolve_without_audio({}, {"streaming", "archive", "mp3", "stems"}, session_at(48'000));
    plan.bus.multiband = Choice<MultibandPlan>::off();
    auto const text = plan_toml(plan);
    EXPECT_EQ(text.find("auto"), std::string::npos) << text;
    auto const again = parse_plan(text, "plan.toml");
    EXPECT_EQ(resolve_without_audio(again, {}, session_at(48'000)), plan);
}

TEST(Resolve, TakesThePlansWordsForDeliveriesThatAreAskedForByName) {
    MasteringPlan plan;
    plan.delivery.push_back({.profile = "streaming", .name = "loud", .integrated_lufs = -11.0});
    auto const out = resolve_without_audio(plan, {"loud", "cd"}, session_at(44'100));
    ASSERT_EQ(out.delivery.size(), 2U);
    EXPECT_EQ(out.delivery[0].integrated_lufs.value(), -11.0);
    EXPECT_EQ(out.delivery[1].profile, "cd");
}

TEST(Resolve, NamesTheNearestProfile) {
    auto const sentence = refusal(Code::invalid_argument, [] {
        (void)resolve_without_audio({}, {"streming"}, session_at(48'000));
    });
    EXPECT_NE(sentence.find("streaming"), std::string::npos) << sentence;
}

TEST(Resolve, RefusesTwoDeliveriesOfOneName) {
    MasteringPlan plan;
    plan.delivery = {{.profile = "cd", .name = "a"}, {.profile = "vinyl", .name = "a"}};
    refusal(Code::invalid_plan, [&] { (void)resolve_without_audio(plan, {}, session_at(48'000)); });
}

TEST(Resolve, RefusesToMatchReferences) {
    MasteringPlan plan;
    plan.reference_strength = 0.5;
    refusal(Code::invalid_plan, [&] { (void)resolve_without_audio(plan, {}, session_at(48'000)); });
}

TEST(ResolveDelivery, AllowsLessPeakWhereStreamingIsSetLouder) {
    EXPECT_EQ(resolved({.profile = "streaming"}).true_peak_dbtp.value(), -1.0);
    EXPECT_EQ(
        resolved({.profile = "streaming", .integrated_lufs = -12.0}).true_peak_dbtp.value(), -2.0
    );
    EXPECT_EQ(
        resolved({.profile = "broadcast-ebu", .integrated_lufs = -20.0}).true_peak_dbtp.value(),
        -1.0
    );
}

TEST(ResolveDelivery, LimitsNeitherVinylNorArchive) {
    EXPECT_TRUE(resolved({.profile = "vinyl"}).limiter.is_off());
    EXPECT_TRUE(resolved({.profile = "archive"}).limiter.is_off());
    EXPECT_TRUE(resolved({.profile = "archive"}).integrated_lufs.is_off());
    EXPECT_TRUE(resolved({.profile = "cd"}).limiter.is_set());
}

TEST(ResolveDelivery, ChoosesTheRateOfItsProfile) {
    EXPECT_EQ(*resolved({.profile = "streaming"}, 96'000).sample_rate_hz, 96'000);
    EXPECT_EQ(*resolved({.profile = "cd"}, 96'000).sample_rate_hz, 44'100);
    EXPECT_EQ(*resolved({.profile = "broadcast"}, 44'100).sample_rate_hz, 48'000);
    EXPECT_EQ(*resolved({.profile = "mp3"}, 88'200).sample_rate_hz, 44'100);
    EXPECT_EQ(*resolved({.profile = "mp3"}, 192'000).sample_rate_hz, 48'000);
    EXPECT_EQ(*resolved({.profile = "hires"}, 88'200).sample_rate_hz, 88'200);
}

TEST(ResolveDelivery, RefusesHiresFromOrdinaryStems) {
    auto const sentence =
        refusal(Code::invalid_argument, [] { (void)resolved({.profile = "hires"}, 48'000); });
    EXPECT_NE(sentence.find("88.2"), std::string::npos) << sentence;
}

TEST(ResolveDelivery, NeverConvertsUpwards) {
    refusal(Code::invalid_plan, [] {
        (void)resolved({.profile = "streaming", .sample_rate_hz = 96'000}, 48'000);
    });
}

TEST(ResolveDelivery, FindsTheCodecThatHasAllWishes) {
    EXPECT_EQ(*resolved({.profile = "streaming", .bit_depth = 16}).codec, "pcm_16");
    EXPECT_EQ(*resolved({.profile = "streaming", .bit_depth = 32}).codec, "float_32");
    EXPECT_EQ(*resolved({.profile = "streaming", .container = "FLAC"}).bit_depth, 24);
    EXPECT_EQ(*resolved({.profile = "streaming", .codec = "opus"}).container, "OGG");
    EXPECT_FALSE(resolved({.profile = "mp3"}).bit_depth.has_value());
    refusal(Code::invalid_plan, [] {
        (void)resolved({.profile = "flac", .bit_depth = 32, .container = "FLAC"});
    });
    refusal(Code::invalid_plan, [] { (void)resolved({.profile = "cd", .bit_depth = 24}); });
}

TEST(ResolveDelivery, RefusesNamesThatNoFolderShouldHave) {
    for (auto const* name : {"../up", "a b", "-x", "ümlaut"}) {
        refusal(Code::invalid_plan, [&] { (void)resolved({.profile = "cd", .name = name}); });
    }
}

/// A band whose level alternates: ten seconds at `quiet_db`, ten at `loud_db`, as a sine reads.
EnergyTrack alternating(double quiet_db, double loud_db) {
    EnergyTrack track;
    for (int hop = 0; hop < 600; ++hop) {
        double const level_db = hop / 100 % 2 == 0 ? quiet_db : loud_db;
        track.mean_square.push_back(std::pow(10.0, level_db / 10.0));
        track.peak.push_back(1.0F);
    }
    return track;
}

TEST(AutomaticMultiband, PutsTheThresholdWhereTheBandIsLoud) {
    std::vector<EnergyTrack> const bands(4, alternating(-30.0, -18.0));
    auto const choice = automatic_multiband(bands);
    ASSERT_TRUE(choice.is_set());
    auto const& plan = choice.value();
    ASSERT_EQ(plan.band.size(), 4U);
    for (auto const& band : plan.band) {
        // The level sits at -18 for all of the loud parts, so the threshold comes down from there
        // by as much as 1 dB of reduction needs: 2:1 with a 6 dB knee gives 1 dB at half a knee.
        EXPECT_LE(band.threshold_db, -18.0);
        EXPECT_GE(band.threshold_db, -21.0);
        EXPECT_GE(band.ratio, 1.5);
        EXPECT_LE(band.ratio, 2.0);
        EXPECT_GE(band.makeup_db, 0.0);
        EXPECT_LE(band.makeup_db, 2.1);
        EXPECT_EQ(band.threshold_db, std::round(band.threshold_db * 10.0) / 10.0);
    }
}

TEST(AutomaticMultiband, LeavesAnEmptyBandAlone) {
    std::vector<EnergyTrack> bands(4, alternating(-30.0, -18.0));
    bands[0] = alternating(-300.0, -300.0);
    auto const plan = automatic_multiband(bands).value();
    EXPECT_EQ(plan.band[0].ratio, 1.0);
    EXPECT_EQ(plan.band[0].makeup_db, 0.0);
    EXPECT_GT(plan.band[1].ratio, 1.0);
}

TEST(AutomaticMultiband, IsOffForSilenceAndForNothing) {
    EXPECT_TRUE(
        automatic_multiband(std::vector<EnergyTrack>(4, alternating(-300.0, -300.0))).is_off()
    );
    EXPECT_TRUE(automatic_multiband(std::vector<EnergyTrack>(4)).is_off());
}

TEST(AutomaticMultiband, HardlyReducesATenthOfASecondByMoreThanThreeDb) {
    auto spiky = alternating(-30.0, -24.0);
    for (std::size_t hop = 105; hop < spiky.mean_square.size(); hop += 10) {
        spiky.mean_square[hop] = std::pow(10.0, -0.6); // -6 dB, 18 dB over the rest
    }
    auto const plan = automatic_multiband(std::vector<EnergyTrack>(4, spiky)).value();
    for (auto const& band : plan.band) {
        EXPECT_LE((1.0 - 1.0 / band.ratio) * (-6.0 - band.threshold_db), 3.0 + 1e-9);
    }
}

} // namespace

} // namespace stemlathe::test
