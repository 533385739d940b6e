// EBU Tech 3342 (2023) table 1 on files, by the second meter. Left out: 5 and 6, which are recorded
// programmes that may not be passed on.

#include "host/loudness/meter.hpp"
#include "tests/conformance/ebu_signals.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wav_files.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stemlathe::test {

namespace {

constexpr double kTolerance_lu = 1.0;

class EbuTech3342 : public ::testing::TestWithParam<int> {
  protected:
    double range_lu(std::vector<Tone> const& list) {
        auto const file = folder_.path() / "case.wav";
        write_wav(file, tones(GetParam(), list), GetParam());
        return measure_file(file).loudness_range_lu.value_or(-1.0);
    }

  private:
    TempFolder folder_;
};

TEST_P(EbuTech3342, Case1) {
    EXPECT_NEAR(range_lu({{20.0, -20.0}, {20.0, -30.0}}), 10.0, kTolerance_lu);
}

TEST_P(EbuTech3342, Case2) {
    EXPECT_NEAR(range_lu({{20.0, -20.0}, {20.0, -15.0}}), 5.0, kTolerance_lu);
}

TEST_P(EbuTech3342, Case3) {
    EXPECT_NEAR(range_lu({{20.0, -40.0}, {20.0, -20.0}}), 20.0, kTolerance_lu);
}

TEST_P(EbuTech3342, Case4) {
    std::vector<Tone> const list{
        {20.0, -50.0}, {20.0, -35.0}, {20.0, -20.0}, {20.0, -35.0}, {20.0, -50.0}};
    EXPECT_NEAR(range_lu(list), 15.0, kTolerance_lu);
}

TEST_P(EbuTech3342, RepeatingAProgrammeDoesNotChangeItsRange) {
    std::vector<Tone> const list{{20.0, -20.0}, {20.0, -30.0}};
    // Windows across the joint are new, hence a little room.
    EXPECT_NEAR(range_lu(repeated(list, 2)), range_lu(list), 0.2);
}

INSTANTIATE_TEST_SUITE_P(
    At,
    EbuTech3342,
    ::testing::Values(44'100, 48'000, 96'000),
    [](auto const& rate) { return std::to_string(rate.param) + "Hz"; }
);

} // namespace

} // namespace stemlathe::test
