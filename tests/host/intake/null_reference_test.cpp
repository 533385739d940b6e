#include "tests/host/intake/null_session.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stemlathe::test {

namespace {

using ReferenceNames = std::vector<std::string>;

/// Between a residual in the time domain and one from inner products.
constexpr double kSame_db = 0.05;

/// Residuals of processes that are known up to their statistics.
constexpr double kClosedForm_db = 1.5;

double power_of(Signal const& signal) {
    double sum = 0.0;
    for (double const value : signal) {
        sum += value * value;
    }
    return sum / static_cast<double>(signal.size());
}

double power_db(double power) {
    return 10.0 * std::log10(power);
}

class NullTestOfReference : public NullSession {};

TEST_F(NullTestOfReference, PassesAnExactSum) {
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{});
    auto const reading = checked.reading();
    EXPECT_EQ(reading.offset_samples, 0);
    EXPECT_NEAR(reading.gain_db, 0.0, 1e-4);
    EXPECT_EQ(reading.polarity, 1);
    EXPECT_LE(reading.residual_db, -119.0);
}

TEST_F(NullTestOfReference, SaysOnlyThatThereIsNoReference) {
    reference_.clear();
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{"no_reference_mix"});
    EXPECT_FALSE(checked.survey.mix.null_vs_reference);
}

TEST_F(NullTestOfReference, PassesAReferenceAtAnotherGainAnd24Bits) {
    for (float& value : reference_) {
        value = std::floor(0.5F * value * 0x1p23F + 0.5F) / 0x1p23F;
    }
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{});
    EXPECT_NEAR(checked.reading().gain_db, -6.0206, 1e-3);
    // Rounding leaves a twelfth of the squared step.
    double const expected = power_db(0x1p-46 / 12.0 / power_of(reference_));
    EXPECT_NEAR(checked.reading().residual_db, expected, kClosedForm_db);
}

TEST_F(NullTestOfReference, PassesADithered16BitReference) {
    reference_ = dithered_16(reference_);
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{});
    // Triangular dither and rounding leave a quarter of the squared step.
    double const expected = power_db(0x1p-30 / 4.0 / power_of(reference_));
    EXPECT_NEAR(checked.reading().residual_db, expected, kClosedForm_db);
}

TEST_F(NullTestOfReference, FindsTheOffsetOfTheWholeReference) {
    auto const mix = reference_;
    for (std::int64_t const offset : {1, -1, 4410, -1105, 2 * kRate_hz}) {
        reference_ = moved(mix, offset);
        auto const checked = check();
        EXPECT_EQ(checked.named(), ReferenceNames{}) << offset;
        EXPECT_EQ(checked.reading().offset_samples, offset);
        EXPECT_LE(checked.reading().residual_db, -100.0) << offset;
    }
}

TEST_F(NullTestOfReference, SaysThatTheWholeReferenceIsUpsideDown) {
    reference_ = scaled(reference_, -1.0F);
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{"polarity_inverted Reference_Mix.wav"});
    EXPECT_EQ(checked.reading().polarity, -1);
    EXPECT_LE(checked.reading().residual_db, -119.0);
    EXPECT_EQ(checked.about("Reference_Mix.wav").severity, Severity::info);
}

TEST_F(NullTestOfReference, SaysThatSomethingOfTheMixIsInNoStem) {
    stems_.pop_back();
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{"missing_stem"});
    EXPECT_EQ(checked.about("").severity, Severity::warn);
    EXPECT_NEAR(checked.reading().residual_db, residual_db(), kSame_db);
    EXPECT_NEAR(*checked.about("").measured, residual_db(), 0.3);
}

TEST_F(NullTestOfReference, CallsALimitedBusWhatItIs) {
    // A compressor with a time constant of 5 ms, above -22 dBFS, 3:1.
    double level = 0.0;
    double const step = 1.0 - std::exp(-1.0 / (0.005 * kRate_hz));
    for (std::size_t i = 0; i < reference_.size(); i += 2) {
        double const loud = std::max(std::abs(reference_[i]), std::abs(reference_[i + 1]));
        level += step * (loud - level);
        double const over_db = std::max(20.0 * std::log10(std::max(level, 1e-6)) + 22.0, 0.0);
        auto const gain = static_cast<float>(std::pow(10.0, -over_db * (2.0 / 3.0) / 20.0));
        reference_[i] *= gain;
        reference_[i + 1] *= gain;
    }
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{"bus_limited"});
    EXPECT_NE(checked.about("").message.find("moves by"), std::string::npos);
}

TEST_F(NullTestOfReference, JudgesASoftLimitedBusByWhatItLeaves) {
    auto const mix = reference_;
    for (auto const& [drive, severity] :
         std::vector<std::pair<double, Severity>>{{0.35, Severity::info}, {1.6, Severity::warn}}) {
        for (std::size_t i = 0; i < reference_.size(); ++i) {
            reference_[i] = static_cast<float>(std::tanh(drive * mix[i]) / drive);
        }
        auto const checked = check();
        ASSERT_EQ(checked.null_findings().size(), 1U) << drive;
        auto const finding = checked.null_findings().front();
        EXPECT_EQ(finding.severity, severity) << finding.message;
        EXPECT_TRUE(finding.code == "null_residual" || finding.code == "bus_limited");
        double const gain = std::pow(10.0, checked.reading().gain_db / 20.0);
        EXPECT_NEAR(checked.reading().residual_db, residual_db(gain), kSame_db);
    }
}

TEST_F(NullTestOfReference, HoldsTheLimitsOfItsVerdicts) {
    // Noise that is in no stem, on both sides of the limits.
    auto const mix = reference_;
    auto const noise = white_noise({.level_dbfs = 0.0, .frames = kFrames, .seed = 9});
    double const unit_db = power_db(power_of(mix) / power_of(noise));
    for (auto const& [left_db, severity] : std::vector<std::pair<double, std::optional<Severity>>>{
             {-60.3, std::nullopt},
             {-59.7, Severity::info},
             {-30.3, Severity::info},
             {-29.7, Severity::warn},
             {-12.3, Severity::warn},
             {-11.7, Severity::warn}}) {
        auto const gain = static_cast<float>(std::pow(10.0, (left_db + unit_db) / 20.0));
        reference_ = sum_of(mix, scaled(noise, gain));
        auto const findings = check().null_findings();
        ASSERT_EQ(findings.size(), severity ? 1U : 0U) << left_db;
        if (severity) {
            EXPECT_EQ(findings.front().severity, *severity) << left_db;
            bool const asks = findings.front().message.find("confirm") != std::string::npos;
            EXPECT_EQ(asks, left_db > -12.0) << findings.front().message;
        }
    }
}

TEST_F(NullTestOfReference, ConvertsAReferenceAtAnotherRate) {
    // Low frequencies, sampled at both rates.
    auto const tones = [](int rate_hz, std::size_t stem) {
        auto const seconds = static_cast<double>(kFrames) / kRate_hz;
        auto const hz = 150.0 * static_cast<double>(stem + 1);
        auto const faded = [&](Signal signal) {
            for (std::size_t i = 0; i < signal.size(); ++i) {
                double const at = static_cast<double>(i / 2) / rate_hz / seconds;
                signal[i] *= static_cast<float>(std::pow(std::sin(std::numbers::pi * at), 2.0));
            }
            return signal;
        };
        return faded(sine({.hz = hz, .level_dbfs = -18.0, .seconds = seconds, .rate_hz = rate_hz}));
    };
    for (std::size_t i = 0; i < stems_.size(); ++i) {
        stems_[i] = tones(kRate_hz, i);
    }
    for (int const rate_hz : {44'100, 96'000}) {
        reference_ = tones(rate_hz, 0);
        for (std::size_t i = 1; i < stems_.size(); ++i) {
            reference_ = sum_of(reference_, tones(rate_hz, i));
        }
        reference_rate_hz_ = rate_hz;
        auto const checked = check();
        EXPECT_EQ(checked.named(), ReferenceNames{}) << rate_hz;
        EXPECT_LE(checked.reading().residual_db, -80.0);
        EXPECT_EQ(checked.reading().offset_samples, 0);
    }
}

TEST_F(NullTestOfReference, ComparesWhatIsCommonWhereTheReferenceIsLongerOrShorter) {
    auto const mix = reference_;
    auto const more = pink_noise({.level_dbfs = -12.0, .frames = kFrames, .seed = 8});
    reference_.insert(reference_.end(), more.begin(), more.end());
    auto checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{});
    EXPECT_LE(checked.reading().residual_db, -119.0);
    EXPECT_EQ(checked.session.frames, kFrames) << "the reference does not lengthen the song";

    reference_ = mix;
    reference_.resize(mix.size() / 2);
    checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{});
    EXPECT_LE(checked.reading().residual_db, -119.0);
}

TEST_F(NullTestOfReference, SaysThatAReferenceIsSilent) {
    reference_ = silence(kFrames);
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{"silent Reference_Mix.wav"});
    EXPECT_FALSE(checked.survey.mix.null_vs_reference);
}

TEST_F(NullTestOfReference, SaysThatAReferenceIsOfAnotherSong) {
    reference_ = pink_noise({.level_dbfs = -12.0, .frames = kFrames, .seed = 77});
    auto const checked = check();
    EXPECT_EQ(checked.named(), ReferenceNames{"null_residual"});
    EXPECT_NE(checked.about("").message.find("no stem is heard"), std::string::npos);
    EXPECT_FALSE(checked.survey.mix.null_vs_reference);
}

TEST_F(NullTestOfReference, GoesOnWithoutAReferenceThatCannotBeRead) {
    reference_[2 * kRate_hz] = std::nanf("");
    EXPECT_EQ(check().named(), ReferenceNames{"not_a_number Reference_Mix.wav"});
}

TEST_F(NullTestOfReference, IsTheSameForEverySegmentAndThreadCount) {
    stems_[1] = moved(stems_[1], 441);
    stems_[0] = scaled(stems_[0], 0.9F);
    reference_rate_hz_ = 44'100; // of another length and pitch: a hard case is enough
    auto const first = check();
    for (auto const& [threads, segment] :
         std::vector<std::pair<int, std::int64_t>>{{1, 4096}, {2, 1000}, {1, kFrames}}) {
        threads_ = threads;
        segment_frames_ = segment;
        auto const again = check();
        ASSERT_EQ(again.null_findings().size(), first.null_findings().size());
        for (std::size_t i = 0; i < first.null_findings().size(); ++i) {
            EXPECT_EQ(again.null_findings()[i].message, first.null_findings()[i].message);
            EXPECT_EQ(again.null_findings()[i].measured, first.null_findings()[i].measured);
        }
        EXPECT_EQ(
            again.survey.mix.null_vs_reference.has_value(),
            first.survey.mix.null_vs_reference.has_value()
        );
    }
    reference_rate_hz_ = kRate_hz;
    threads_ = 2;
    segment_frames_ = 0;
    auto const easy = check();
    threads_ = 1;
    segment_frames_ = 777;
    auto const again = check();
    EXPECT_EQ(easy.reading().residual_db, again.reading().residual_db);
    EXPECT_EQ(easy.reading().gain_db, again.reading().gain_db);
    EXPECT_EQ(easy.named(), again.named());
}

} // namespace

} // namespace stemlathe::test
