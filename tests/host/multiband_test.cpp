#include "host/pipeline/render.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/multiband.hpp"

#include <cstdint>
#include <vector>

/// The bus multiband as the pipeline assembles it: pieces of a store through split, compressors and
/// mix at once, while meters look at the piece before.
namespace stemlathe::test {

namespace {

/// One float32 rounding per band of a signal around -12 dBFS.
constexpr double kNullRms_dbfs = -140.0;
constexpr double kNullPeak_dbfs = -130.0;

class BusMultiband : public EachBackend {
  protected:
    struct Rendered {
        Signal signal{};
        std::vector<BandReduction> reductions{};
    };

    Rendered render(
        MultibandPlan const& plan,
        Signal const& signal,
        std::int64_t segment_frames,
        int threads = 2
    ) {
        auto const frames = static_cast<std::int64_t>(signal.size()) / kChannels;
        auto const bus = backend->make_store({.frames_expected = frames, .scratch_directory = {}});
        AudioBuffer buffer;
        bus->append(backend->upload(signal, 0, buffer));
        bus->seal();
        Tasks tasks{threads};
        stemlathe::Run run{tasks, {}, {}};
        run.segment_frames = segment_frames;
        run.begin("multiband", 100.0);
        Rendered rendered;
        auto const rated =
            render_multiband(*bus, plan, kRate_hz, false, *backend, run, rendered.reductions);
        AudioBuffer window;
        append(*backend, rated.store->read(0, rated.store->frames(), window), rendered.signal);
        return rendered;
    }

    static MultibandPlan all_bands(CompressorPlan const& compressor) {
        return {.crossovers_hz = {120.0, 800.0, 4'500.0}, .band = {4, compressor}};
    }

    static constexpr int kRate_hz = 48'000;
};

TEST_P(BusMultiband, IsItsInputWhileNothingExceedsTheThresholds) {
    auto const noise = pink_noise({.level_dbfs = -18.0, .frames = 300'003, .seed = 4});
    auto const plan = all_bands({.threshold_db = 0.0, .ratio = 1.0});
    for (int const threads : {1, 2}) {
        auto const out = render(plan, noise, 65'536, threads).signal;
        ASSERT_EQ(out.size(), noise.size());
        EXPECT_LE(rms_difference_dbfs(out, noise), kNullRms_dbfs) << threads << " threads";
        EXPECT_LE(peak_difference_dbfs(out, noise), kNullPeak_dbfs) << threads << " threads";
    }
}

TEST_P(BusMultiband, IsItsStagesOneAfterTheOtherForEveryLengthAndSegment) {
    auto const plan =
        all_bands({.threshold_db = -40.0, .ratio = 3.0, .makeup_db = 1.0, .detector = Detector::rms}
        );
    // A bass that moves sideways is heard as a fault, wide highs may breathe.
    std::vector<DynamicsSettings> bands;
    for (double const link : {1.0, 0.8, 0.8, 0.8}) {
        bands.push_back(dynamics_settings(plan.band[0], kRate_hz, link));
    }
    for (std::int64_t const frames : {1, 4'097, 60'001}) {
        auto const song = bursts({.level_dbfs = -15.0, .frames = frames, .seed = 5});
        auto const expected = through_bands(
            *backend, {.rate_hz = kRate_hz, .crossovers_hz = plan.crossovers_hz}, bands, song
        );
        for (std::int64_t const segment_frames : {999, 8'192, 65'536}) {
            auto const rendered = render(plan, song, segment_frames);
            EXPECT_TRUE(audio_identical(rendered.signal, expected))
                << frames << " frames in segments of " << segment_frames;
        }
    }
}

TEST_P(BusMultiband, SaysWhatEachBandDid) {
    auto plan = all_bands({.threshold_db = 0.0, .ratio = 1.0});
    plan.band[2] = {.threshold_db = -30.0, .ratio = 4.0, .detector = Detector::peak};
    // In the third band alone, 10 dB over its threshold.
    auto const tone = sine({.hz = 2'000.0, .level_dbfs = -20.0, .seconds = 2.0});
    auto const reductions = render(plan, tone, 65'536).reductions;
    ASSERT_EQ(reductions.size(), 4U);
    for (std::size_t band = 0; band < 4; ++band) {
        auto const& [low_hz, high_hz, trace_db] = reductions[band];
        EXPECT_EQ(low_hz, band == 0 ? 0.0 : plan.crossovers_hz[band - 1]);
        EXPECT_EQ(high_hz, band == 3 ? kRate_hz / 2.0 : plan.crossovers_hz[band]);
        ASSERT_EQ(trace_db.size(), (96'000U + kTraceHopFrames - 1) / kTraceHopFrames);
        auto const middle_db = trace_db[trace_db.size() / 2];
        EXPECT_NEAR(middle_db, band == 2 ? 7.5 : 0.0, 0.05) << "band " << band;
    }
}

INSTANTIATE_EACH_BACKEND(BusMultiband);

} // namespace

} // namespace stemlathe::test
