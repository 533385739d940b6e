#include "host/pipeline/delivery_files.hpp"

#include "formats/cue_sheet.hpp"
#include "formats/text.hpp"
#include "host/model/profile.hpp"
#include "host/pipeline/broadcast_info.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/resample/resample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe {

namespace {

/// One CD sector of 1/75 s. Source: IEC 60908.
constexpr std::int64_t kSectorFrames = 588;

constexpr std::int64_t kHeaderBytes = 1LL << 16U;

/// A 32 kB/s ceiling per second of MP3 and twice that of Ogg: no lossy file here is larger.
constexpr double kLossyBytesPerSecond = 80'000.0;

Container container_of(DeliveryPlan const& plan) {
    STEMLATHE_ASSERT(plan.container.has_value());
    if (*plan.container == "FLAC") {
        return Container::flac;
    }
    if (*plan.container == "MP3") {
        return Container::mp3;
    }
    return *plan.container == "OGG" ? Container::ogg : Container::wav;
}

bool has_isrc(DeliveryPlan const& plan) {
    return plan.metadata.isrc.value_or(true);
}

} // namespace

void pad_with_silence(Writer& writer, EncodeSettings const& settings, std::int64_t frames) {
    auto const missing = settings.frames_expected - frames;
    std::vector<std::byte> const zeros(
        static_cast<std::size_t>(missing * settings.channels * bytes_per_sample(settings.input))
    );
    if (missing > 0) {
        writer.write({.bytes = zeros, .frames = missing});
    }
}

QuantiseSettings quantise_settings(DeliveryPlan const& plan) {
    QuantiseSettings settings{
        .rate_hz = *plan.sample_rate_hz,
        .format = SampleFormat::float_32,
        .bits = plan.bit_depth.value_or(32),
        .dither = plan.dither.value_or(Dither::none),
        .seed = plan.seed.value_or(1)};
    if (*plan.codec == "flac") {
        settings.format = SampleFormat::pcm_32;
    } else if (*plan.codec == "pcm_16") {
        settings.format = SampleFormat::pcm_16;
    } else if (*plan.codec == "pcm_24") {
        settings.format = SampleFormat::pcm_24;
    } else {
        settings.bits = 24; // ignored for floats
    }
    return settings;
}

EncodeSettings encode_settings(
    DeliveryPlan const& plan, Session const& session, Window const& window, std::int64_t frames
) {
    EncodeSettings settings{
        .container = container_of(plan),
        .input = quantise_settings(plan).format,
        .bit_depth = plan.bit_depth.value_or(24),
        .rate_hz = *plan.sample_rate_hz,
        .channels = kChannels,
        .frames_expected = frames,
        .sync = false, // OutputFolder syncs all of them when it publishes
        .ogg_codec = *plan.codec == "opus" ? OggCodec::opus : OggCodec::vorbis,
        .broadcast = std::nullopt,
        .tags = tags_of(plan, session)};
    bool const is_wave = settings.container == Container::wav;
    if (is_wave && profile_of(plan).is_broadcast_wave) {
        settings.broadcast = broadcast_info(plan, session, window, song_name(session));
        if (!has_isrc(plan)) {
            settings.broadcast->originator_reference.clear();
        }
    }
    return settings;
}

std::int64_t padded_frames(DeliveryPlan const& plan, std::int64_t frames) noexcept {
    if (!profile_of(plan).is_cd) {
        return frames;
    }
    return (frames + kSectorFrames - 1) / kSectorFrames * kSectorFrames;
}

std::int64_t
expected_bytes(DeliveryPlan const& plan, Session const& session, Window const& window) noexcept {
    ResampleSettings const rates{.from_hz = session.rate_hz, .to_hz = *plan.sample_rate_hz};
    auto const frames = padded_frames(plan, resampled_frames(window.frames, rates));
    bool const is_stems = profile_of(plan).is_stems;
    auto const files = is_stems ? static_cast<std::int64_t>(session.stems.size()) : 1;
    if (!plan.bit_depth) {
        double const seconds = static_cast<double>(frames) / *plan.sample_rate_hz;
        return static_cast<std::int64_t>(seconds * kLossyBytesPerSecond) + kHeaderBytes;
    }
    return files * (frames * kChannels * (*plan.bit_depth / 8) + kHeaderBytes);
}

Tags tags_of(DeliveryPlan const& plan, Session const& session) {
    auto const& info = session.info;
    Tags tags;
    if (plan.metadata.tags.value_or(true)) {
        tags.title = info.title;
        tags.artist = info.artist;
        tags.album = info.album;
        tags.date = date_of(session);
        tags.genre = info.genre;
    }
    if (has_isrc(plan)) {
        tags.isrc = info.isrc;
        tags.upc = normalised_upc(info.upc).value_or("");
    }
    return tags;
}

std::string
cue_for(DeliveryPlan const& plan, Session const& session, std::string const& wave_file) {
    bool const has_codes = has_isrc(plan);
    return cue_text(
        {.wave_file = wave_file,
         .title = song_name(session),
         .performer = session.info.artist,
         .isrc = has_codes ? session.info.isrc : "",
         .upc = has_codes ? session.info.upc : ""}
    );
}

} // namespace stemlathe
