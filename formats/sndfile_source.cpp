#include "formats/sndfile_source.hpp"

#include "formats/flac_comments.hpp"
#include "formats/text.hpp"
#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace stemlathe::formats {

namespace {

struct CodecRow {
    int subtype;
    std::string_view name;
    int bit_depth;
    SampleFormat packed;
};

/// What may be decoded. ADPCM, GSM, ALAC and the like are left out: no stem comes in them and their
/// decoders have open security reports.
constexpr std::array<CodecRow, 13> kCodecs{{
    {SF_FORMAT_PCM_S8, "pcm_8", 8, SampleFormat::pcm_32},
    {SF_FORMAT_PCM_U8, "pcm_8", 8, SampleFormat::pcm_32},
    {SF_FORMAT_PCM_16, "pcm_16", 16, SampleFormat::pcm_32},
    {SF_FORMAT_PCM_24, "pcm_24", 24, SampleFormat::pcm_32},
    {SF_FORMAT_PCM_32, "pcm_32", 32, SampleFormat::pcm_32},
    // Never as int: libsndfile makes garbage of NaN and of everything below full scale.
    {SF_FORMAT_FLOAT, "float_32", 32, SampleFormat::float_32},
    {SF_FORMAT_DOUBLE, "float_64", 64, SampleFormat::float_64},
    {SF_FORMAT_ULAW, "ulaw", 8, SampleFormat::pcm_32},
    {SF_FORMAT_ALAW, "alaw", 8, SampleFormat::pcm_32},
    // Lossy codecs decode beyond full scale, which integers could not hold.
    {SF_FORMAT_VORBIS, "vorbis", 0, SampleFormat::float_32},
    {SF_FORMAT_OPUS, "opus", 0, SampleFormat::float_32},
    {SF_FORMAT_MPEG_LAYER_II, "mp2", 0, SampleFormat::float_32},
    {SF_FORMAT_MPEG_LAYER_III, "mp3", 0, SampleFormat::float_32},
}};

CodecRow const& codec_of(File const& file, SF_INFO const& info) {
    int const subtype = info.format & SF_FORMAT_SUBMASK;
    auto const* const row = std::find_if(kCodecs.begin(), kCodecs.end(), [&](CodecRow const& each) {
        return each.subtype == subtype;
    });
    if (row == kCodecs.end()) {
        throw MediaFailure(
            MediaFault::unreadable,
            file.path(),
            "is compressed in a way that is not supported; please export PCM or float"
        );
    }
    return *row;
}

/// libsndfile must have taken the file for what our own code took it for.
void require_type(File const& file, Container container, int type) {
    constexpr std::array<std::pair<Container, int>, 9> kTypes{{
        {Container::wav, SF_FORMAT_WAV},
        {Container::wav, SF_FORMAT_WAVEX},
        {Container::rf64, SF_FORMAT_RF64},
        {Container::w64, SF_FORMAT_W64},
        {Container::aiff, SF_FORMAT_AIFF},
        {Container::caf, SF_FORMAT_CAF},
        {Container::flac, SF_FORMAT_FLAC},
        {Container::ogg, SF_FORMAT_OGG},
        {Container::mp3, SF_FORMAT_MPEG},
    }};
    if (std::find(kTypes.begin(), kTypes.end(), std::pair{container, type}) == kTypes.end()) {
        throw MediaFailure(
            MediaFault::unreadable,
            file.path(),
            fmt::format("is damaged: it begins as {} and goes on otherwise", name_of(container))
        );
    }
}

std::optional<std::string> text_of(SNDFILE* handle, int kind) {
    char const* const text = sf_get_string(handle, kind);
    std::string clean = text == nullptr ? std::string() : as_utf8(text);
    return clean.empty() ? std::nullopt : std::optional(std::move(clean));
}

} // namespace

SndfileSource::SndfileSource(File file, Container container) : file_(std::move(file)) {
    SF_INFO info{};
    handle_.reset(sf_open_fd(file_.descriptor(), SFM_READ, &info, SF_FALSE));
    if (!handle_) {
        throw MediaFailure(
            MediaFault::unreadable,
            file_.path(),
            fmt::format("is damaged: {} ({})", name_of(container), error_text(nullptr))
        );
    }
    require_type(file_, container, info.format & SF_FORMAT_TYPEMASK);
    CodecRow const& codec = codec_of(file_, info);
    info_.container = container;
    info_.codec = container == Container::flac ? "flac" : codec.name;
    info_.rate_hz = info.samplerate;
    info_.channels = info.channels;
    info_.frames = info.frames;
    info_.bit_depth = codec.bit_depth;
    info_.is_float = codec.subtype == SF_FORMAT_FLOAT || codec.subtype == SF_FORMAT_DOUBLE;
    info_.packed = codec.packed;
    if (container != Container::wav && container != Container::rf64) {
        info_.title = text_of(handle_.get(), SF_STR_TITLE);
        info_.artist = text_of(handle_.get(), SF_STR_ARTIST);
    }
    if (container == Container::flac) {
        info_.isrc = flac_isrc(file_);
        require_last_frame();
    }
    if (info_.frames <= 0) {
        throw MediaFailure(MediaFault::empty, file_.path(), "holds no audio: its length is 0");
    }
}

/// A cut-off FLAC opens without complaint and ends early; asking for its last frame shows it now
/// rather than after minutes of rendering.
void SndfileSource::require_last_frame() {
    bool whole = info_.frames > 0 && info_.frames < std::numeric_limits<std::int64_t>::max() / 2;
    if (whole) {
        std::vector<int> frame(static_cast<std::size_t>(info_.channels));
        whole = sf_seek(handle_.get(), info_.frames - 1, SEEK_SET) == info_.frames - 1 &&
                sf_readf_int(handle_.get(), frame.data(), 1) == 1 &&
                sf_seek(handle_.get(), 0, SEEK_SET) == 0;
    }
    if (!whole) {
        throw MediaFailure(
            MediaFault::truncated,
            file_.path(),
            fmt::format(
                "is cut off or damaged: the end of its {:.3f} s cannot be decoded; please export "
                "or "
                "copy it again",
                info_.duration_s()
            )
        );
    }
}

std::int64_t SndfileSource::read_on(std::span<std::byte> into, std::int64_t frames) {
    auto* const at = into.data();
    STEMLATHE_ASSERT(reinterpret_cast<std::uintptr_t>(at) % alignof(double) == 0);
    SNDFILE* const handle = handle_.get();
    std::int64_t got = 0;
    if (info_.packed == SampleFormat::float_32) {
        got = sf_readf_float(handle, reinterpret_cast<float*>(at), frames);
    } else if (info_.packed == SampleFormat::float_64) {
        got = sf_readf_double(handle, reinterpret_cast<double*>(at), frames);
    } else {
        got = sf_readf_int(handle, reinterpret_cast<int*>(at), frames);
    }
    return std::max<std::int64_t>(got, 0);
}

std::int64_t
SndfileSource::read(std::span<std::byte> into, std::int64_t first, std::int64_t frames) {
    if (first != position_ && sf_seek(handle_.get(), first, SEEK_SET) != first) {
        throw MediaFailure(
            MediaFault::unreadable,
            file_.path(),
            fmt::format("is damaged: frame {} cannot be reached", first)
        );
    }
    std::int64_t const got = read_on(into, frames);
    position_ = first + got;
    return got;
}

} // namespace stemlathe::formats
