#include "tests/host/mastered.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/signals.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace stemlathe::test {

namespace {

/// A song with a bass on the left side only: no lathe likes that.
class VinylChecks : public Mastered {
  protected:
    void SetUp() override {
        auto bass = sine({.hz = 60.0, .level_dbfs = -12.0, .seconds = 4.0, .rate_hz = 44'100});
        for (std::size_t i = 1; i < bass.size(); i += 2) {
            bass[i] = 0.0F;
        }
        write_stem(session() / "01_Bass.wav", bass, 44'100);
        write_stem(
            session() / "02_Vocals.wav",
            sine({.hz = 880.0, .level_dbfs = -18.0, .seconds = 4.0, .rate_hz = 44'100}),
            44'100
        );
    }

    [[nodiscard]] static CutCheck find(MasteringReport const& report, std::string_view code) {
        auto const& checks = report.deliveries.at(0).cutting;
        auto const found = std::ranges::find(checks, code, &CutCheck::code);
        EXPECT_NE(found, checks.end()) << code;
        return found != checks.end() ? *found : CutCheck{};
    }
};

TEST_F(VinylChecks, WarnOfWhatACutterWouldSendBackAndFailNothing) {
    auto const report = master({.deliver = {"vinyl", "streaming"}});
    ASSERT_EQ(report.deliveries[0].cutting.size(), 5U);
    EXPECT_TRUE(report.deliveries[1].cutting.empty());
    auto const width = find(report, "bass_width");
    EXPECT_FALSE(width.passed);
    // Left alone is as much side as mid; the first-order high-pass at 150 Hz takes 8.6 dB of it.
    EXPECT_NEAR(*width.measured, -8.6, 0.5);
    EXPECT_TRUE(report.deliveries[0].within_spec);
    EXPECT_EQ(report.deliveries[0].plan.side_format, "12in-33");
    EXPECT_TRUE(find(report, "side_length").passed);

    auto sheet = file(report, 0);
    sheet.replace_extension(".txt");
    EXPECT_NE(read_file(sheet).find("WARN  the side signal"), std::string::npos)
        << read_file(sheet);
    auto const json = read_file(out() / "report.json");
    EXPECT_NE(json.find("\"bass_width\""), std::string::npos);
    EXPECT_NE(read_file(out() / "report.html").find("Checks for cutting"), std::string::npos);
}

TEST_F(VinylChecks, PassOnceTheirAdviceIsTaken) {
    auto const report = master(
        {.plan = "[[delivery]]\nprofile = \"vinyl\"\nside_format = \"7in-45\"\n"
                 "low_end = {side_high_pass_hz=250, side_slope_db_oct=12}"}
    );
    auto const width = find(report, "bass_width");
    EXPECT_TRUE(width.passed) << width.message;
    EXPECT_NEAR(*width.measured, -24.8, 1.5); // 12 dB/oct, two octaves under the corner
    EXPECT_TRUE(find(report, "bass_correlation").passed);
    EXPECT_EQ(find(report, "side_length").limit, 5.0);
}

TEST_F(VinylChecks, HaveTheLowEndOfOtherDeliveriesShapedAsWell) {
    auto const report = master(
        {.plan = "[[delivery]]\nprofile = \"streaming\"\nintegrated_lufs = \"off\"\n"
                 "true_peak_dbtp = \"off\"\n[bus]\nmultiband = \"off\"\n[[delivery]]\n"
                 "profile = \"streaming\"\nname = \"mono\"\nintegrated_lufs = \"off\"\n"
                 "true_peak_dbtp = \"off\"\nlow_end = {high_pass_hz=0, side_high_pass_hz=250, "
                 "side_slope_db_oct=24}"}
    );
    auto const plain = read_audio(file(report, 0));
    auto const mono = read_audio(file(report, 1));
    ASSERT_EQ(plain.size(), mono.size());
    // In the middle of the song the bass is on both sides now, at half its level each.
    double left = 0.0;
    double right = 0.0;
    double before = 0.0;
    for (std::size_t i = mono.size() / 4; i + 1 < mono.size() / 2; i += 2) {
        left += static_cast<double>(mono[i]) * static_cast<double>(mono[i]);
        right += static_cast<double>(mono[i + 1]) * static_cast<double>(mono[i + 1]);
        before += static_cast<double>(plain[i + 1]) * static_cast<double>(plain[i + 1]);
    }
    EXPECT_NEAR(left / right, 1.0, 0.05);
    // It had the voice alone; half the bass is as loud as that.
    EXPECT_NEAR(right / before, 2.0, 0.1);
}

} // namespace

} // namespace stemlathe::test
