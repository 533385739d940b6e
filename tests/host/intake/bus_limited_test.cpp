#include "host/intake/checks/checks.hpp"
#include "tests/host/intake/checked.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

constexpr int kRate_hz = 48'000;

/// Phrases that swell and fade over two seconds, with beats on top.
Signal song() {
    auto signal = pink_noise({.level_dbfs = -22.0, .frames = 12 * kRate_hz});
    auto const beats = bursts({.level_dbfs = -22.0, .frames = 12 * kRate_hz, .seed = 5});
    for (std::size_t i = 0; i < signal.size(); ++i) {
        double const time_s = static_cast<double>(i / 2) / kRate_hz;
        auto const swell = static_cast<float>(0.6 + 0.4 * std::sin(3.14159 * time_s));
        signal[i] = swell * signal[i] + beats[i];
    }
    return signal;
}

/// What a limiter at -1 dBTP leaves of the song, driven by so much.
Signal limited(double drive_db) {
    auto const backend = open_backend(parse_backend_choice("cpu"));
    auto const limiter =
        backend->make_limiter({.rate_hz = kRate_hz, .drive_db = drive_db, .ceiling_dbtp = -1.0});
    return run(*backend, *limiter, song());
}

std::optional<Finding> bus_limited(Signal const& signal) {
    return finding_in(
        findings_of(intake::make_bus_limited_check, stem_of(signal), signal), "bus_limited"
    );
}

TEST(IntakeBusLimited, TellsADrivenLimiterFromOneThatJustTouches) {
    EXPECT_FALSE(bus_limited(song()));
    EXPECT_FALSE(bus_limited(limited(6.0)));
    auto const found = bus_limited(limited(24.0));
    ASSERT_TRUE(found);
    EXPECT_GT(*found->measured, *found->limit);
    EXPECT_EQ(found->severity, Severity::warn);
}

TEST(IntakeBusLimited, AdvisesOtherwiseAboutTheReferenceMix) {
    auto const reference_limited = [](Signal const& signal) {
        auto stem = stem_of(signal);
        stem.file = "Reference_Mix.wav";
        return finding_in(
            findings_of(intake::make_reference_limited_check, stem, signal), "bus_limited"
        );
    };
    EXPECT_FALSE(reference_limited(song()));
    EXPECT_FALSE(reference_limited(limited(6.0)));
    auto const hard = limited(24.0);
    auto const found = reference_limited(hard);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->measured, bus_limited(hard)->measured);
    EXPECT_NE(found->message, bus_limited(hard)->message);
}

TEST(IntakeBusLimited, IsNoSteadyNoteNorEqualHits) {
    EXPECT_FALSE(bus_limited(sine({.level_dbfs = -3.0, .seconds = 12.0})));
    auto hits = silence(12 * kRate_hz);
    for (std::size_t i = 0; i < hits.size(); i += 2) {
        auto const since = static_cast<double>((i / 2) % 6'000); // eight per second, all alike
        hits[i] = hits[i + 1] =
            static_cast<float>(0.8 * std::exp(-since / 700.0) * std::sin(0.9 * since));
    }
    EXPECT_FALSE(bus_limited(hits));
}

} // namespace

} // namespace stemlathe::test
