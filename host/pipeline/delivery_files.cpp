#include "host/pipeline/delivery_files.hpp"

#include "formats/cue_sheet.hpp"
#include "formats/text.hpp"
#include "host/model/profile.hpp"
#include "host/pipeline/broadcast_info.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/resample/resample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace stemlathe {

namespace {

/// One CD sector of 1/75 s. Source: IEC 60908.
constexpr std::int64_t kSectorFrames = 588;

constexpr std::size_t kNameLetters = 40;
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

std::string_view extension_of(DeliveryPlan const& plan) {
    switch (container_of(plan)) {
    case Container::flac:
        return "flac";
    case Container::mp3:
        return "mp3";
    case Container::ogg:
        return *plan.codec == "opus" ? "opus" : "ogg";
    default:
        return "wav";
    }
}

/// "44k24", "88k2_24": rate in kHz and bits; lossy codecs have the rate alone, floats "32f".
std::string rate_and_bits(DeliveryPlan const& plan) {
    int const rate = *plan.sample_rate_hz;
    bool const is_familiar = rate % 1000 == 0 || rate == 44'100;
    std::string text = is_familiar ? fmt::format("{}k", rate / 1000)
                                   : fmt::format("{}k{}_", rate / 1000, rate % 1000 / 100);
    if (!plan.bit_depth) {
        return text.substr(0, text.find('_'));
    }
    return text + (*plan.bit_depth == 32 ? "32f" : fmt::format("{}", *plan.bit_depth));
}

/// What a lacquer holds at full level and how much each further minute costs. Source: cutting
/// rooms' tables for a 12-inch side at 33 1/3 (20 min at 0 dB, 24 min at -3, 28 min at -6).
constexpr double kSideMinutes = 20.0;
constexpr double kSideMinutesMost = 28.0;
constexpr double kDbPerMinute = 0.75;

std::string side_advice(double minutes) {
    if (minutes > kSideMinutesMost) {
        return "longer than one 12-inch side at 33 1/3 can hold (28 min); split it";
    }
    if (minutes > kSideMinutes) {
        return fmt::format(
            "fits a 12-inch side at 33 1/3 cut about {:.1f} dB lower",
            (minutes - kSideMinutes) * kDbPerMinute
        );
    }
    return fmt::format(
        "fits a 12-inch side at 33 1/3 at full level, {:.1f} min to spare", kSideMinutes - minutes
    );
}

std::string level_line(std::string_view what, std::optional<double> value, std::string_view unit) {
    return value ? fmt::format("{:<22}{:.1f} {}\n", what, *value, unit)
                 : fmt::format("{:<22}not measurable\n", what);
}

} // namespace

std::string file_safe(std::string_view text) {
    std::string out;
    bool starts_word = false;
    for (char const letter : formats::as_ascii(text)) {
        auto const c = static_cast<unsigned char>(letter);
        bool const is_kept = std::isalnum(c) != 0 || letter == '-' || letter == '_';
        if (!is_kept) {
            starts_word = letter != '\'';
            continue;
        }
        out += starts_word ? static_cast<char>(std::toupper(c)) : letter;
        starts_word = false;
    }
    auto const first = out.find_first_not_of("-_");
    return first == std::string::npos ? "" : out.substr(first, kNameLetters);
}

std::string song_name(Session const& session) {
    if (!session.info.title.empty()) {
        return session.info.title;
    }
    auto const folder = std::filesystem::absolute(session.folder).lexically_normal();
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

void pad_with_silence(Writer& writer, EncodeSettings const& settings, std::int64_t frames) {
    auto const missing = settings.frames_expected - frames;
    std::vector<std::byte> const zeros(
        static_cast<std::size_t>(missing * settings.channels * bytes_per_sample(settings.input))
    );
    if (missing > 0) {
        writer.write({.bytes = zeros, .frames = missing});
    }
}

std::filesystem::path
delivery_path(DeliveryPlan const& plan, Session const& session, std::string_view extra) {
    std::string name;
    for (auto const& part :
         {file_safe(session.info.artist),
          file_safe(song_name(session)),
          plan.name,
          file_safe(extra)}) {
        name += part + (part.empty() ? "" : "_");
    }
    name += rate_and_bits(plan) + "." + std::string{extension_of(plan)};
    return std::filesystem::path{"masters"} / plan.name / name;
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
        .tags = tags_of(session)};
    bool const is_wave = settings.container == Container::wav;
    if (is_wave && profile_named(plan.profile).is_broadcast_wave) {
        settings.broadcast = broadcast_info(plan, session, window, song_name(session));
    }
    return settings;
}

std::int64_t padded_frames(DeliveryPlan const& plan, std::int64_t frames) noexcept {
    if (!profile_named(plan.profile).is_cd) {
        return frames;
    }
    return (frames + kSectorFrames - 1) / kSectorFrames * kSectorFrames;
}

std::int64_t
expected_bytes(DeliveryPlan const& plan, Session const& session, Window const& window) noexcept {
    ResampleSettings const rates{.from_hz = session.rate_hz, .to_hz = *plan.sample_rate_hz};
    auto const frames = padded_frames(plan, resampled_frames(window.frames, rates));
    bool const is_stems = profile_named(plan.profile).is_stems;
    auto const files = is_stems ? static_cast<std::int64_t>(session.stems.size()) : 1;
    if (!plan.bit_depth) {
        double const seconds = static_cast<double>(frames) / *plan.sample_rate_hz;
        return static_cast<std::int64_t>(seconds * kLossyBytesPerSecond) + kHeaderBytes;
    }
    return files * (frames * kChannels * (*plan.bit_depth / 8) + kHeaderBytes);
}

Tags tags_of(Session const& session) {
    auto const& info = session.info;
    return {
        .title = info.title,
        .artist = info.artist,
        .album = info.album,
        .date = date_of(session),
        .genre = info.genre,
        .isrc = info.isrc,
        .upc = normalised_upc(info.upc).value_or(""),
        .replay_gain = std::nullopt};
}

std::string cue_for(Session const& session, std::string const& wave_file) {
    return cue_text(
        {.wave_file = wave_file,
         .title = song_name(session),
         .performer = session.info.artist,
         .isrc = session.info.isrc,
         .upc = session.info.upc}
    );
}

std::string
side_sheet(DeliveryReport const& report, Session const& session, std::string const& wave_file) {
    auto const& reading = report.reading;
    auto const whole_s = static_cast<std::int64_t>(reading.duration_s);
    std::string text = "SIDE SHEET\n\n";
    text += fmt::format("{:<22}{}\n", "Artist", session.info.artist);
    text += fmt::format("{:<22}{}\n", "Title", song_name(session));
    text += fmt::format("{:<22}{}\n", "ISRC", session.info.isrc);
    text += fmt::format("{:<22}{}\n", "File", wave_file);
    text += fmt::format(
        "{:<22}{} Hz, {} bit, stereo\n",
        "Format",
        *report.plan.sample_rate_hz,
        *report.plan.bit_depth
    );
    text += fmt::format(
        "{:<22}{:02}:{:02}:{:02} (mm:ss:frames of 1/75 s)\n",
        "Length",
        whole_s / 60,
        whole_s % 60,
        static_cast<int>((reading.duration_s - static_cast<double>(whole_s)) * 75.0)
    );
    text += level_line("Integrated loudness", reading.integrated_lufs, "LUFS");
    text += level_line("Loudest 3 s", reading.short_term_max_lufs, "LUFS");
    text += level_line("True peak", reading.true_peak_dbtp, "dBTP");
    text += fmt::format("{:<22}{}\n", "Side", side_advice(reading.duration_s / 60.0));
    text += "\nProcessing: no limiter. High-pass 25 Hz and low-pass 17 kHz, 12 dB/oct; side "
            "signal\nhigh-passed at 150 Hz, 6 dB/oct; sibilance band at 7 kHz controlled; all "
            "linear phase.\nTrack 1 starts at 00:00:00.\n";
    return text;
}

} // namespace stemlathe
