#include "host/intake/null_words.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

TEST(NullWords, SayWhatIsLeftAndHowItWasMatched) {
    EXPECT_EQ(null_words(std::nullopt), "");
    EXPECT_EQ(
        null_words(NullReading{.residual_db = kNullFloor_db}),
        "Null test: taken from the reference mix, the sum of the stems cancels it so far that "
        "nothing is left."
    );
    EXPECT_EQ(
        null_words(NullReading{.residual_db = -69.23}),
        "Null test: taken from the reference mix, the sum of the stems cancels it so far that only "
        "-69.2 dB are left, no more than rounding."
    );
    EXPECT_EQ(
        null_words(NullReading{
            .offset_samples = -1, .gain_db = -6.02, .polarity = -1, .residual_db = -14.0}),
        "Null test: taken from the reference mix, the sum of the stems, moved by 1 sample, at "
        "-6.02 dB, upside down cancels it so far that -14.0 dB are left."
    );
}

} // namespace

} // namespace stemlathe::test
