#include "host/loudness/meter.hpp"

#include "formats/reader.hpp"
#include "host/loudness/block_loudness.hpp"
#include "host/loudness/decode.hpp"
#include "host/loudness/integrated.hpp"
#include "host/loudness/peak_meter.hpp"
#include "kernels/base/units.hpp"

namespace stemlathe {

namespace {

constexpr std::int64_t kSegmentFrames = 16'384; // what is decoded stays in the second cache

std::optional<double> level_db(double peak) {
    return peak > 0.0 ? std::optional{db_from_gain(peak)} : std::nullopt;
}

} // namespace

LoudnessReading measure_file(std::filesystem::path const& path, std::stop_token const& stop) {
    Decoder decoder{path};
    auto const& info = decoder.info();
    IntegratedLoudness integrated{info.rate_hz, info.channels};
    BlockLoudness blocks{info.rate_hz, info.channels};
    PeakMeter peaks{info.channels};
    std::int64_t frames = 0;
    for (;;) {
        if (stop.stop_requested()) {
            throw Failure{Code::cancelled, "stopped while measuring " + path.string()};
        }
        auto const samples = decoder.next(kSegmentFrames);
        if (samples.empty()) {
            break;
        }
        integrated.add(samples);
        blocks.add(samples);
        peaks.add(samples);
        frames += static_cast<std::int64_t>(samples.size()) / info.channels;
    }
    auto over_time = blocks.finish();
    return {
        .integrated_lufs = integrated.finish(),
        .loudness_range_lu = over_time.loudness_range_lu,
        .momentary_max_lufs = over_time.momentary_max_lufs,
        .short_term_max_lufs = over_time.short_term_max_lufs,
        .true_peak_dbtp = level_db(peaks.finish()),
        .sample_peak_dbfs = level_db(peaks.sample_peak()),
        .duration_s = static_cast<double>(frames) / info.rate_hz,
        .short_term_lufs = std::move(over_time.short_term_lufs)};
}

} // namespace stemlathe
