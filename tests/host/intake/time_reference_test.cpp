#include "tests/host/intake/null_session.hpp"

#include <algorithm>

namespace stemlathe::test {

namespace {

using Codes = std::vector<std::string>;

class TimeReference : public NullSession {
  protected:
    /// The stem's first `frames` frames are silence that its file does not have.
    void cut_start(std::size_t stem, std::int64_t frames) {
        auto& signal = stems_[stem];
        std::ranges::fill_n(signal.begin(), 2 * frames, 0.0F);
        reference_ = sum();
        signal.erase(signal.begin(), signal.begin() + 2 * frames);
    }

    static constexpr std::int64_t kHour = 3600LL * kRate_hz;
};

TEST_F(TimeReference, PutsStemsWhereTheirFilesSayThatTheyStart) {
    cut_start(2, 2 * kRate_hz + 7);
    time_references_ = {kHour, kHour, kHour + 2 * kRate_hz + 7, kHour};
    auto const checked = check();
    EXPECT_EQ(checked.named(), Codes{"time_reference_mismatch " + file(2)});
    EXPECT_EQ(checked.session.frames, kFrames);
    EXPECT_LE(checked.reading().residual_db, -119.0);
    auto const finding = checked.null_findings().front();
    EXPECT_EQ(finding.severity, Severity::warn);
    EXPECT_NEAR(*finding.measured, 2.0 + 7.0 / kRate_hz, 1e-9);
}

TEST_F(TimeReference, SaysNothingWhereAllStartTogether) {
    time_references_ = {kHour, kHour, kHour, kHour};
    EXPECT_EQ(check().named(), Codes{});
    time_references_ = {std::nullopt, kHour, std::nullopt, std::nullopt};
    EXPECT_EQ(check().named(), Codes{}) << "one alone says nothing about the others";
}

TEST_F(TimeReference, BelievesTheReferenceMixMore) {
    // The files start together, whatever they say.
    time_references_ = {kHour, kHour + 3 * kRate_hz, kHour, kHour + 5000};
    auto const checked = check();
    EXPECT_EQ(
        checked.named(),
        (Codes{
            "time_reference_contradicts_audio " + file(1),
            "time_reference_contradicts_audio " + file(3)})
    );
    EXPECT_EQ(checked.session.stems[1].offset_s, 0.0);
    EXPECT_EQ(checked.session.frames, kFrames);
    EXPECT_LE(checked.reading().residual_db, -119.0);
}

TEST_F(TimeReference, GivesWayToSessionToml) {
    time_references_ = {kHour, kHour + 3 * kRate_hz, kHour, kHour};
    reference_ = moved(stems_[1], kRate_hz);
    for (std::size_t const stem : {0, 2, 3}) {
        reference_ = sum_of(reference_, stems_[stem]);
    }
    toml_ = "[[stem]]\nfile = \"" + file(1) + "\"\noffset_s = 1.0\n";
    auto const checked = check();
    EXPECT_EQ(checked.named(), Codes{});
    EXPECT_EQ(checked.session.stems[1].offset_s, 1.0);
}

TEST_F(TimeReference, IsNotBelievedWhereTheSessionWouldGetTooLong) {
    time_references_ = {0, 20 * kHour, 0, 0};
    auto const checked = check();
    EXPECT_EQ(checked.named(), Codes{"time_reference_mismatch " + file(1)});
    EXPECT_EQ(checked.session.frames, kFrames);
    EXPECT_NE(checked.null_findings().front().message.find("not believed"), std::string::npos);
}

} // namespace

} // namespace stemlathe::test
