#include "tests/kernels/compressed.hpp"
#include "tests/support/each_backend.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe::test {

namespace {

using DynamicsTiming = EachBackend;

constexpr double kFullReduction_db = 15.0; ///< 20 dB over the threshold at ratio 4
constexpr double kReached = 0.6321205588;  ///< 1 - 1/e
constexpr std::int64_t kStepUp = 48'000;
constexpr std::int64_t kStepDown = 144'000;
constexpr double kFramesPerMs = 48.0;

constexpr double kTolerance_frames = 1.0; ///< whether the frame of the step itself counts
/// The measured times that the test compares with are known to 0.05 ms.
constexpr double kMeasuredTolerance_frames = 0.05 * kFramesPerMs + kTolerance_frames;

/// Frames after `from` until the reduction crosses `level_db`.
double crossing_frames(std::vector<double> const& reduction_db, std::int64_t from, double db) {
    auto const first = static_cast<std::size_t>(from);
    bool const rises = reduction_db[first] < db;
    auto n = first;
    while (n < reduction_db.size() && (reduction_db[n] < db) == rises) {
        ++n;
    }
    return static_cast<double>(n - first);
}

struct Crossings {
    double attack_frames = 0.0;
    double release_frames = 0.0;
};

/// How long 63.2 % of the way take when the level leaps 20 dB over the threshold and back.
Crossings crossings(Backend& backend, Ballistics ballistics, double attack_ms, double release_ms) {
    auto const in = steps({{kStepUp, 0.01F}, {kStepDown - kStepUp, 1.0F}, {96'000, 0.01F}});
    DynamicsSettings const settings{
        .threshold_db = -20.0,
        .ratio = 4.0,
        .knee_db = 0.0,
        .attack_ms = attack_ms,
        .release_ms = release_ms,
        .detector = Detector::peak,
        .ballistics = ballistics};
    auto const reduction_db = reduction_of(in, compressed(backend, settings, in));
    return {
        .attack_frames = crossing_frames(reduction_db, kStepUp, kReached * kFullReduction_db),
        .release_frames =
            crossing_frames(reduction_db, kStepDown, (1.0 - kReached) * kFullReduction_db)};
}

struct Row {
    double attack_ms = 0.0;
    double release_ms = 0.0;
    double measured_release_ms = 0.0;
};

TEST_P(DynamicsTiming, OfTheBranchingDetectorIsAsAsked) {
    for (auto const& [attack_ms, release_ms, measured_ms] :
         {Row{5.0, 100.0, 100.0}, {10.0, 100.0, 100.0}, {30.0, 300.0, 300.0}}) {
        auto const found = crossings(*backend, Ballistics::branching, attack_ms, release_ms);
        EXPECT_NEAR(found.attack_frames, attack_ms * kFramesPerMs, kTolerance_frames);
        EXPECT_NEAR(found.release_frames, measured_ms * kFramesPerMs, kTolerance_frames);
    }
}

/// Giannoulis, Massberg & Reiss, section 2.3: the release takes about as long as both together.
TEST_P(DynamicsTiming, OfTheDecoupledDetectorAddsTheAttackToTheRelease) {
    for (auto const& [attack_ms, release_ms, measured_ms] :
         {Row{5.0, 100.0, 105.1}, {10.0, 100.0, 110.5}, {30.0, 300.0, 331.6}}) {
        auto const found = crossings(*backend, Ballistics::smooth_decoupled, attack_ms, release_ms);
        EXPECT_NEAR(found.attack_frames, attack_ms * kFramesPerMs, kTolerance_frames);
        EXPECT_NEAR(found.release_frames, measured_ms * kFramesPerMs, kMeasuredTolerance_frames);
    }
}

INSTANTIATE_EACH_BACKEND(DynamicsTiming);

} // namespace

} // namespace stemlathe::test
