#include "formats/jail/probe.hpp"

#include "formats/container_check.hpp"
#include "formats/file.hpp"
#include "formats/inspection.hpp"
#include "formats/jail/decoder_process.hpp"
#include "formats/jail/media_wire.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace stemlathe {

namespace {

using formats::WireProbe;

/// True where the scan's numbers can be those of a file like this.
bool is_possible(WireProbe const& scan, MediaInfo const& media) {
    bool const is_whole = scan.frames == media.frames;
    bool const is_long = scan.frames >= 0 && scan.frames <= media.frames;
    bool const has_bad = scan.bad_samples > 0;
    bool const bad_fits =
        scan.bad_samples >= 0 && scan.bad_samples / media.channels <= scan.frames &&
        scan.first_bad_frame < scan.frames && has_bad == (scan.first_bad_frame >= 0);
    bool const peaks_fit = std::ranges::all_of(scan.peaks, [](double peak) {
        return std::isfinite(peak) && peak >= 0.0;
    });
    return (media.is_lossless() ? is_whole : is_long) && bad_fits && peaks_fit;
}

ProbeResult result_from(WireProbe const& scan, MediaInfo media) {
    ProbeResult result{
        .decoded_frames = scan.frames,
        .bad_samples = scan.bad_samples,
        .first_bad_frame =
            scan.bad_samples > 0 ? std::optional{scan.first_bad_frame} : std::nullopt};
    for (int channel = 0; channel < media.channels; ++channel) {
        double const peak = scan.peaks[static_cast<std::size_t>(channel)];
        result.sample_peak_dbfs.push_back(
            peak > 0.0 ? std::optional{20.0 * std::log10(peak)} : std::nullopt
        );
    }
    result.media = std::move(media);
    return result;
}

void tell(
    formats::DecoderProcess& decoder, ProbeResult const& result, ProbeListener const& listener
) {
    auto const& media = result.media;
    std::int64_t const frame_bytes = media.channels * bytes_per_sample(media.packed);
    std::int64_t const most = std::ssize(decoder.window()) / frame_bytes;
    std::vector<std::byte> piece; // the decoder may write into its window at any time
    for (std::int64_t first = 0; first < result.decoded_frames;) {
        auto const wanted = std::min(most, result.decoded_frames - first);
        auto const reply =
            decoder.ask({.command = formats::Command::read, .first = first, .frames = wanted});
        if (reply.frames != wanted) {
            decoder.refuse("made its decoder answer nonsense");
        }
        auto const bytes = decoder.window().first(static_cast<std::size_t>(wanted * frame_bytes));
        piece.assign(bytes.begin(), bytes.end());
        listener(result, {.bytes = piece, .frames = wanted}, first);
        first += wanted;
    }
}

ProbeResult probe_file(
    formats::File const& file, std::filesystem::path const& name, ProbeSettings const& settings
) {
    auto const limit_s = std::chrono::ceil<std::chrono::seconds>(settings.time_limit).count();
    formats::DecoderProcess decoder{
        file.descriptor(),
        name,
        {.patience = settings.time_limit,
         .cpu_s = std::max<std::int64_t>(limit_s, 1),
         .stop = settings.stop}};
    auto const reply = decoder.ask(
        {.command = formats::Command::probe, .kinds = static_cast<std::uint32_t>(settings.kinds)}
    );
    auto media = formats::media_from(reply.media, name);
    media.wrong_content = formats::contradicts_name(name, media.container);
    bool const is_wanted = settings.kinds == AudioKinds::any || !is_lossy(media.container);
    if (!is_wanted || !is_possible(reply.probe, media)) {
        decoder.refuse("made its decoder answer nonsense");
    }
    auto result = result_from(reply.probe, std::move(media));
    if (settings.listener && result.media.is_lossless() && result.bad_samples == 0) {
        tell(decoder, result, settings.listener);
    }
    return result;
}

} // namespace

bool ProbeResult::is_silent() const noexcept {
    return bad_samples == 0 && std::ranges::none_of(sample_peak_dbfs, [](auto const& peak) {
               return peak.has_value();
           });
}

double ProbeResult::duration_s() const noexcept {
    return static_cast<double>(decoded_frames) / media.rate_hz;
}

ProbeResult probe(std::filesystem::path const& path, ProbeSettings const& settings) {
    return probe_file(formats::File::open(path), path, settings);
}

ProbeResult
probe(int descriptor, std::filesystem::path const& name, ProbeSettings const& settings) {
    // Opened anew: whatever the caller may do with his descriptor, the decoder may only read.
    return probe_file(
        formats::File::open("/proc/self/fd/" + std::to_string(descriptor)), name, settings
    );
}

} // namespace stemlathe
