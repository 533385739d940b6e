#include "tests/kernels/compressed.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/tones.hpp"

#include <vector>

namespace stemlathe::test {

namespace {

using DynamicsDistortion = EachBackend;

/// The numbers below come from an independent float64 program and are regression numbers of its
/// authors to this accuracy.
constexpr double kThdTolerance_db = 1.0;
constexpr double kReductionTolerance_db = 0.05;

struct Row {
    double hz;
    double thd_db; ///< harmonics 2..10
    double reduction_db;
};

/// A sine 10 dB over the threshold at ratio 4 and a knee of 6 dB; the static curve has 7.5 dB.
void expect_distortion(Backend& backend, DynamicsSettings settings, std::vector<Row> const& rows) {
    settings.threshold_db = -24.0;
    settings.ratio = 4.0;
    settings.knee_db = 6.0;
    constexpr double kLevel_dbfs = -14.0;
    constexpr Stretch kLastSecond{.first = 96'000, .count = 48'000};
    for (auto const& row : rows) {
        auto const out = compressed(
            backend, settings, sine({.hz = row.hz, .level_dbfs = kLevel_dbfs, .seconds = 3.0})
        );
        EXPECT_NEAR(thd_db(out, row.hz, 10, kLastSecond), row.thd_db, kThdTolerance_db)
            << row.hz << " Hz";
        EXPECT_NEAR(
            kLevel_dbfs - tone_dbfs(out, row.hz, kLastSecond),
            row.reduction_db,
            kReductionTolerance_db
        ) << row.hz
          << " Hz";
    }
}

TEST_P(DynamicsDistortion, OfTheBranchingPeakDetectorIsAsKnown) {
    expect_distortion(
        *backend,
        {.attack_ms = 5.0,
         .release_ms = 100.0,
         .detector = Detector::peak,
         .ballistics = Ballistics::branching},
        {{60.0, -42.3, 6.82}, {100.0, -46.7, 6.82}, {1000.0, -66.7, 6.82}}
    );
}

TEST_P(DynamicsDistortion, OfTheDecoupledPeakDetectorIsAsKnown) {
    expect_distortion(
        *backend,
        {.attack_ms = 0.5, .release_ms = 50.0, .detector = Detector::peak},
        {{60.0, -35.3, 7.29}, {100.0, -40.6, 7.37}, {1000.0, -75.3, 7.48}}
    );
    expect_distortion(
        *backend,
        {.attack_ms = 5.0, .release_ms = 100.0, .detector = Detector::peak},
        {{60.0, -53.1, 7.39}, {100.0, -61.7, 7.43}, {1000.0, -101.3, 7.49}}
    );
    expect_distortion(
        *backend,
        {.attack_ms = 10.0, .release_ms = 100.0, .detector = Detector::peak},
        {{60.0, -59.0, 7.39}, {100.0, -67.6, 7.43}, {1000.0, -107.3, 7.49}}
    );
    expect_distortion(
        *backend,
        {.attack_ms = 30.0, .release_ms = 300.0, .detector = Detector::peak},
        {{60.0, -77.7, 7.46}, {100.0, -86.5, 7.48}, {1000.0, -126.0, 7.49}}
    );
}

TEST_P(DynamicsDistortion, OfTheDecoupledRmsDetectorIsAsKnown) {
    expect_distortion(
        *backend,
        {.attack_ms = 10.0, .release_ms = 100.0, .detector = Detector::rms, .rms_ms = 10.0},
        {{60.0, -77.4, 7.89}, {100.0, -90.5, 7.74}, {1000.0, -150.0, 7.53}}
    );
}

INSTANTIATE_EACH_BACKEND(DynamicsDistortion);

} // namespace

} // namespace stemlathe::test
