#include "host/loudness/meter.hpp"

#include "formats/fingerprint.hpp"
#include "formats/reader.hpp"
#include "host/loudness/block_loudness.hpp"
#include "host/loudness/decode.hpp"
#include "host/loudness/integrated.hpp"
#include "host/loudness/peak_meter.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>

namespace stemlathe {

namespace {

constexpr std::int64_t kSegmentFrames = 16'384; // what is decoded stays in the second cache

std::optional<double> level_db(double peak) {
    return peak > 0.0 ? std::optional{db_from_gain(peak)} : std::nullopt;
}

/// The meters of inspect_file.
struct Inspection {
    explicit Inspection(MediaInfo const& info)
        : signal(
              {.rate_hz = info.rate_hz,
               .channels = info.channels,
               .bits = info.is_float ? 0 : info.bit_depth}
          ) {}

    SignalMeter signal;
    Fingerprint fingerprint{};
};

/// Peaks by channel, and the highest of them.
void report_peaks(LoudnessReading& reading, std::vector<ChannelPeak> const& peaks, int rate_hz) {
    for (auto const& peak : peaks) {
        ChannelReading channel{
            .true_peak_dbtp = level_db(peak.true_peak),
            .sample_peak_dbfs = level_db(peak.sample_peak)};
        if (channel.true_peak_dbtp) { // a peak may ring before the start or behind the end
            channel.true_peak_at_s =
                std::clamp(peak.true_peak_frame / rate_hz, 0.0, reading.duration_s);
        }
        reading.true_peak_dbtp = std::max(reading.true_peak_dbtp, channel.true_peak_dbtp);
        reading.sample_peak_dbfs = std::max(reading.sample_peak_dbfs, channel.sample_peak_dbfs);
        reading.channels.push_back(channel);
    }
}

LoudnessReading
read_file(std::filesystem::path const& path, bool inspects, std::stop_token const& stop) {
    Decoder decoder{path};
    auto const& info = decoder.info();
    IntegratedLoudness integrated{info.rate_hz, info.channels};
    BlockLoudness blocks{info.rate_hz, info.channels};
    PeakMeter peaks{info.channels};
    std::optional<Inspection> inspection;
    if (inspects) {
        inspection.emplace(info);
    }
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
        if (inspection) {
            inspection->signal.add(samples);
            inspection->fingerprint.update(decoder.bytes());
        }
        frames += static_cast<std::int64_t>(samples.size()) / info.channels;
    }
    auto over_time = blocks.finish();
    LoudnessReading reading{
        .integrated_lufs = integrated.finish(),
        .loudness_range_lu = over_time.loudness_range_lu,
        .momentary_max_lufs = over_time.momentary_max_lufs,
        .short_term_max_lufs = over_time.short_term_max_lufs,
        .duration_s = static_cast<double>(frames) / info.rate_hz,
        .short_term_lufs = std::move(over_time.short_term_lufs),
        .momentary_max_at_s = over_time.momentary_max_at_s,
        .short_term_max_at_s = over_time.short_term_max_at_s};
    report_peaks(reading, peaks.finish(), info.rate_hz);
    if (inspection) {
        reading.signal = inspection->signal.finish(reading.short_term_lufs);
        reading.audio_fingerprint = inspection->fingerprint.finish();
    }
    return reading;
}

} // namespace

LoudnessReading measure_file(std::filesystem::path const& path, std::stop_token const& stop) {
    return read_file(path, false, stop);
}

LoudnessReading inspect_file(std::filesystem::path const& path, std::stop_token const& stop) {
    return read_file(path, true, stop);
}

} // namespace stemlathe
