#include "kernels/limiter/limiter.hpp"
#include "tests/host/intake/null_session.hpp"
#include "tests/support/audio_matchers.hpp"

#include <cmath>

namespace stemlathe::test {

namespace {

using Names = std::vector<std::string>;

/// A limiter left on the reference mix, told by its peaks where the null test cannot tell.
class ReferenceLimited : public NullSession {
  protected:
    /// Music that swells and fades over two seconds, with beats on top; in no stem.
    [[nodiscard]] static Signal other_song() {
        auto signal = pink_noise({.level_dbfs = -22.0, .frames = kFrames, .seed = 41});
        auto const beats = bursts({.level_dbfs = -22.0, .frames = kFrames, .seed = 42});
        for (std::size_t i = 0; i < signal.size(); ++i) {
            double const time_s = static_cast<double>(i / 2) / kRate_hz;
            auto const swell = static_cast<float>(0.6 + 0.4 * std::sin(3.14159 * time_s));
            signal[i] = swell * signal[i] + beats[i];
        }
        return signal;
    }

    [[nodiscard]] Signal limited(Signal const& signal, double drive_db) const {
        auto const limiter =
            backend_->make_limiter({.rate_hz = kRate_hz, .drive_db = drive_db, .ceiling_dbtp = -1.0}
            );
        return run(*backend_, *limiter, signal);
    }
};

TEST_F(ReferenceLimited, IsToldOfABounceThatTheStemsDoNotMake) {
    reference_ = limited(other_song(), 24.0);
    auto const checked = check();
    EXPECT_EQ(checked.named(), (Names{"bus_limited Reference_Mix.wav", "null_residual"}));
    auto const found = checked.about("Reference_Mix.wav");
    EXPECT_EQ(found.severity, Severity::warn);
    EXPECT_GT(*found.measured, *found.limit);
    EXPECT_NE(found.message.find("send a bounce without the limiter"), std::string::npos)
        << found.message;
}

TEST_F(ReferenceLimited, IsNotToldWhereALimiterJustTouchesOrNoneIsThere) {
    for (double const drive_db : {0.0, 6.0}) {
        reference_ = limited(other_song(), drive_db);
        EXPECT_EQ(check().named(), Names{"null_residual"}) << drive_db;
    }
    reference_ = other_song();
    EXPECT_EQ(check().named(), Names{"null_residual"});
}

TEST_F(ReferenceLimited, IsToldOnceWhereTheNullTestKnowsItBetter) {
    reference_ = limited(reference_, 24.0);
    auto const checked = check();
    int told = 0;
    for (auto const& finding : checked.null_findings()) {
        told += finding.code == "bus_limited" ? 1 : 0;
    }
    EXPECT_EQ(told, 1);
}

TEST_F(ReferenceLimited, IsNotToldOfAMixThatIsTheSumOfItsStems) {
    // A limiter on each stem, none on the mix: the stems have findings of their own, if any.
    stems_ = {limited(other_song(), 24.0)};
    files_ = {"01_Drums.wav"};
    stems_.push_back(pink_noise({.level_dbfs = -40.0, .frames = kFrames, .seed = 43}));
    files_.push_back("02_Bass.wav");
    reference_ = sum();
    auto const checked = check();
    for (auto const& finding : checked.null_findings()) {
        EXPECT_NE(finding.stem, "Reference_Mix.wav") << finding.message;
    }
}

} // namespace

} // namespace stemlathe::test
