#include "formats/sndfile_sink.hpp"

#include "formats/atomic_file.hpp"
#include "formats/tag_fields.hpp"
#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace stemlathe::formats {

namespace {

/// The Vorbis encoder of libsndfile 1.2.0 crashes on blocks of millions of frames.
constexpr std::int64_t kBlockFrames = 16'384;

int subtype_of(EncodeSettings const& settings) {
    if (settings.input == SampleFormat::float_32) {
        return SF_FORMAT_FLOAT;
    }
    switch (settings.bit_depth) {
    case 16:
        return SF_FORMAT_PCM_16;
    case 24:
        return SF_FORMAT_PCM_24;
    default:
        return SF_FORMAT_PCM_32;
    }
}

int format_of(EncodeSettings const& settings) {
    switch (settings.container) {
    case Container::w64:
        return SF_FORMAT_W64 | subtype_of(settings);
    case Container::aiff:
        return SF_FORMAT_AIFF | subtype_of(settings);
    case Container::caf:
        return SF_FORMAT_CAF | subtype_of(settings);
    case Container::flac:
        return SF_FORMAT_FLAC | subtype_of(settings);
    case Container::mp3:
        return SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
    case Container::ogg:
        return SF_FORMAT_OGG |
               (settings.ogg_codec == OggCodec::opus ? SF_FORMAT_OPUS : SF_FORMAT_VORBIS);
    default:
        break;
    }
    STEMLATHE_ASSERT(false && "WAV and RF64 are WaveSink's");
}

void set_number(SNDFILE* handle, int command, double value) {
    STEMLATHE_ASSERT(sf_command(handle, command, &value, sizeof value) == SF_TRUE);
}

void set_constant_rate(SNDFILE* handle, int kbit_s) {
    int mode = SF_BITRATE_MODE_CONSTANT;
    // Returns 0 even when it worked, so ask what it did.
    sf_command(handle, SFC_SET_BITRATE_MODE, &mode, sizeof mode);
    STEMLATHE_ASSERT(
        sf_command(handle, SFC_GET_BITRATE_MODE, nullptr, 0) == SF_BITRATE_MODE_CONSTANT
    );
    // libsndfile counts from 320 kbit/s down to 32.
    set_number(handle, SFC_SET_COMPRESSION_LEVEL, (320.0 - kbit_s) / (320.0 - 32.0));
}

void configure(SNDFILE* handle, EncodeSettings const& settings) {
    switch (settings.container) {
    case Container::flac:
        set_number(handle, SFC_SET_COMPRESSION_LEVEL, settings.flac_level / 8.0);
        break;
    case Container::mp3:
        set_constant_rate(handle, settings.mp3_kbit_s);
        break;
    case Container::ogg:
        if (settings.ogg_codec == OggCodec::opus) {
            set_number(handle, SFC_SET_COMPRESSION_LEVEL, settings.opus_compression);
        } else {
            set_number(handle, SFC_SET_VBR_ENCODING_QUALITY, settings.vorbis_quality);
        }
        break;
    default:
        // The PEAK chunk holds the time of day.
        sf_command(handle, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
        break;
    }
}

void require_rate(EncodeSettings const& settings, std::filesystem::path const& path) {
    bool const is_opus =
        settings.container == Container::ogg && settings.ogg_codec == OggCodec::opus;
    bool const is_mp3 = settings.container == Container::mp3;
    bool const wrong = (is_opus && settings.rate_hz != 48'000) ||
                       (is_mp3 && (settings.rate_hz < 32'000 || settings.rate_hz > 48'000));
    if (wrong) {
        throw Failure{
            Code::invalid_plan,
            fmt::format(
                "sample_rate_hz is {}; {}",
                settings.rate_hz,
                is_opus ? "Opus needs 48000" : "MP3 needs 32000, 44100 or 48000"
            )}
            .about_file(path.string())
            .about_key("sample_rate_hz");
    }
}

template <typename Sample, typename Write>
bool write_as(
    SNDFILE* handle, PackedAudio audio, int channels, std::vector<Sample>& block, Write write
) {
    // Copied first: `audio` need not be aligned for its samples.
    block.resize(static_cast<std::size_t>(audio.frames * channels));
    std::memcpy(block.data(), audio.bytes.data(), block.size() * sizeof(Sample));
    return write(handle, block.data(), audio.frames) == audio.frames;
}

} // namespace

SndfileSink::SndfileSink(std::filesystem::path const& path, EncodeSettings const& settings)
    : settings_(settings), path_(path) {
    require_rate(settings, path);
    file_ = std::make_unique<File>(File::create(path));
    std::int64_t start = 0;
    if (settings.container == Container::mp3) {
        Bytes const tag = id3_tag(settings.tags);
        file_->write_at(tag, 0);
        start = std::ssize(tag);
    }
    output_ = std::make_unique<SndfileOutput>(*file_, start);
    SF_INFO info{};
    info.samplerate = settings.rate_hz;
    info.channels = settings.channels;
    info.format = format_of(settings);
    handle_ = output_->open(info);
    configure(handle_.get(), settings);
    if (settings.container == Container::aiff || settings.container == Container::caf) {
        output_->drop_header();
    }
}

void SndfileSink::write_block(PackedAudio audio) {
    bool const done =
        settings_.input == SampleFormat::float_32
            ? write_as(handle_.get(), audio, settings_.channels, floats_, sf_writef_float)
            : write_as(handle_.get(), audio, settings_.channels, ints_, sf_writef_int);
    output_->check();
    if (!done) {
        throw Failure{
            Code::storage_failed,
            fmt::format("cannot encode {}: {}", path_.string(), error_text(handle_.get()))}
            .about_file(path_.string());
    }
}

void SndfileSink::write(PackedAudio audio) {
    if (settings_.container == Container::ogg) {
        content_.update(audio.bytes);
    }
    std::int64_t const frame_bytes = settings_.channels * bytes_per_sample(settings_.input);
    for (std::int64_t done = 0; done < audio.frames; done += kBlockFrames) {
        std::int64_t const frames = std::min(kBlockFrames, audio.frames - done);
        write_block(
            {audio.bytes.subspan(
                 static_cast<std::size_t>(done * frame_bytes),
                 static_cast<std::size_t>(frames * frame_bytes)
             ),
             frames}
        );
    }
}

/// libsndfile draws the serial number from the clock and names itself as a comment; both go.
void SndfileSink::finish_ogg() {
    std::string const digest = content_.finish();
    std::uint32_t serial = 0;
    std::from_chars(digest.data(), digest.data() + 8, serial, 16);
    AtomicFile atomic{path_};
    auto target = File::open_for_change(atomic.temporary());
    rewrite_ogg(*file_, target, settings_.tags, serial);
    target.close();
    settings_.sync ? atomic.commit() : atomic.commit_unsynced();
}

void SndfileSink::finish() {
    int const error = sf_close(handle_.release());
    output_->check();
    if (error != 0) {
        throw Failure{
            Code::storage_failed,
            fmt::format("cannot complete {}: {}", path_.string(), sf_error_number(error))}
            .about_file(path_.string());
    }
    if (settings_.container == Container::ogg) {
        finish_ogg();
        return;
    }
    if (settings_.sync) {
        file_->sync();
    } else {
        file_->start_sync();
    }
    file_->close();
    if (settings_.container == Container::flac) {
        replace_tags(path_, settings_.tags);
    }
}

} // namespace stemlathe::formats
