#include "host/session/rate_findings.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

struct Length {
    int rate_hz;
    std::int64_t frames;
};

Session session_of(int rate_hz, std::vector<Length> const& lengths) {
    Session session{.rate_hz = rate_hz};
    for (auto const& length : lengths) {
        Stem stem{.file = "stem" + std::to_string(session.stems.size() + 1)};
        stem.media.rate_hz = length.rate_hz;
        stem.media.frames = length.frames;
        session.stems.push_back(std::move(stem));
    }
    return session;
}

TEST(RateFindings, SayNothingOfOneRate) {
    EXPECT_TRUE(rate_findings(
                    session_of(48'000, {{48'000, 960'000}, {48'000, 960'000}, {48'000, 1}})
    ).empty());
}

TEST(RateFindings, TellAnotherRateFromAWrongOne) {
    // The same twenty seconds at two rates: frames in proportion.
    auto const honest =
        rate_findings(session_of(48'000, {{48'000, 960'000}, {48'000, 960'000}, {44'100, 882'000}})
        );
    ASSERT_EQ(honest.size(), 1U);
    EXPECT_EQ(honest[0].code, "sample_rate_mismatch");
    EXPECT_EQ(honest[0].measured, 44'100);

    // As many frames as the others, to the frame: only the header differs.
    auto const lying =
        rate_findings(session_of(48'000, {{48'000, 960'000}, {48'000, 960'000}, {44'100, 960'000}})
        );
    ASSERT_EQ(lying.size(), 1U);
    EXPECT_EQ(lying[0].code, "sample_rate_wrong");
    EXPECT_EQ(lying[0].stem, "stem3");
    EXPECT_EQ(lying[0].measured, 48'000) << "what it is";
    EXPECT_EQ(lying[0].limit, 44'100) << "what it says";

    auto const nearly =
        rate_findings(session_of(48'000, {{48'000, 960'000}, {48'000, 960'000}, {44'100, 960'001}})
        );
    EXPECT_EQ(nearly[0].code, "sample_rate_mismatch");
    auto const too_short =
        rate_findings(session_of(48'000, {{48'000, 440'000}, {48'000, 440'000}, {44'100, 440'000}})
        );
    EXPECT_EQ(too_short[0].code, "sample_rate_mismatch") << "under ten seconds: may be chance";
}

TEST(RateFindings, SeeAWrongRateInALengthThatIsOffByTheRatio) {
    auto const too_fast =
        rate_findings(session_of(48'000, {{48'000, 960'000}, {48'000, 960'000}, {48'000, 882'000}})
        );
    ASSERT_EQ(too_fast.size(), 1U);
    EXPECT_EQ(too_fast[0].code, "sample_rate_wrong");
    EXPECT_EQ(too_fast[0].measured, 44'100);
    auto const too_slow =
        rate_findings(session_of(44'100, {{44'100, 882'000}, {44'100, 882'000}, {44'100, 960'000}})
        );
    ASSERT_EQ(too_slow.size(), 1U);
    EXPECT_EQ(too_slow[0].measured, 48'000);
    for (std::int64_t const frames : {882'002, 881'998, 900'000, 480'000}) {
        EXPECT_TRUE(rate_findings(
                        session_of(48'000, {{48'000, 960'000}, {48'000, 960'000}, {48'000, frames}})
        ).empty()
        ) << frames;
    }
    EXPECT_TRUE(rate_findings(session_of(48'000, {{48'000, 960'000}, {48'000, 882'000}})).empty())
        << "of two stems neither is the rule";
}

} // namespace

} // namespace stemlathe::test
