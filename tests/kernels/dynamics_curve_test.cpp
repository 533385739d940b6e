#include "kernels/base/units.hpp"
#include "tests/kernels/compressed.hpp"
#include "tests/support/each_backend.hpp"

namespace stemlathe::test {

namespace {

using DynamicsCurve = EachBackend;

/// How far apart the curve and a steady sine's level may lie: the detector's ripple, which the
/// attack smooths. A peak detector falls between crests, so it reduces less than the curve; the
/// crests of the RMS detector's ripple hold its release up, so it reduces more.
struct Ripple {
    Detector detector = Detector::peak;
    double hz = 0.0;
    double lowest_db = 0.0;
    double highest_db = 0.0;
};

constexpr double kRounding_db = 0.001; ///< of the sine, of its power over whole periods

/// Output level of a steady sine over the static curve, dB.
double curve_error_db(Backend& backend, DynamicsSettings const& settings, double hz, double dbfs) {
    auto const in = sine({.hz = hz, .level_dbfs = dbfs, .seconds = 1.5});
    auto const out = compressed(backend, settings, in);
    double power_in = 0.0;
    double power_out = 0.0;
    for (std::size_t i = in.size() * 2 / 3; i < in.size(); ++i) {
        power_in += static_cast<double>(in[i]) * in[i];
        power_out += static_cast<double>(out[i]) * out[i];
    }
    return dbfs + db_from_power(power_out / power_in) - reference_of(settings).static_curve(dbfs);
}

TEST_P(DynamicsCurve, IsFollowedWithinTheDocumentedRipple) {
    auto settings = strong();
    settings.threshold_db = -20.0;
    settings.attack_ms = 10.0;
    for (auto const& ripple :
         {Ripple{Detector::peak, 1000.0, 0.0, 0.05},
          {Detector::peak, 100.0, 0.0, 0.1},
          {Detector::rms, 1000.0, -0.03, 0.0},
          {Detector::rms, 100.0, -0.25, 0.0}}) {
        settings.detector = ripple.detector;
        for (int dbfs = -40; dbfs <= 0; ++dbfs) {
            auto const error_db = curve_error_db(*backend, settings, ripple.hz, dbfs);
            EXPECT_GE(error_db, ripple.lowest_db - kRounding_db) << dbfs << ", " << ripple.hz;
            EXPECT_LE(error_db, ripple.highest_db + kRounding_db) << dbfs << ", " << ripple.hz;
        }
    }
}

TEST_P(DynamicsCurve, HasReducedByAnEighthOfTheKneeInItsMiddle) {
    auto settings = strong();
    settings.threshold_db = -20.0;
    auto const in = steps({{96'000, 0.1F}});
    auto const reduction_db = reduction_of(in, compressed(*backend, settings, in));
    double const slope = 1.0 - 1.0 / settings.ratio;
    EXPECT_NEAR(reduction_db.back(), slope * settings.knee_db / 8.0, 1e-4);
}

INSTANTIATE_EACH_BACKEND(DynamicsCurve);

} // namespace

} // namespace stemlathe::test
