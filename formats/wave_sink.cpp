#include "formats/wave_sink.hpp"

#include "formats/bext.hpp"
#include "formats/bytes.hpp"
#include "formats/wave_header.hpp"
#include "formats/wave_metadata.hpp"

#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace stemlathe::formats {

namespace {

/// WAVEFORMATEX. Not the extensible form: two channels of PCM need none, and CD tools and older
/// players read only this one.
Bytes format_chunk(EncodeSettings const& settings) {
    bool const is_float = settings.input == SampleFormat::float_32;
    int const sample_bytes = bytes_per_sample(settings.input);
    int const frame_bytes = settings.channels * sample_bytes;
    auto const rate = static_cast<std::uint32_t>(settings.rate_hz);
    Bytes body;
    put_little_endian(body, static_cast<std::uint16_t>(is_float ? kWaveFloat : kWavePcm));
    put_little_endian(body, static_cast<std::uint16_t>(settings.channels));
    put_little_endian(body, rate);
    put_little_endian(body, rate * static_cast<std::uint32_t>(frame_bytes));
    put_little_endian(body, static_cast<std::uint16_t>(frame_bytes));
    put_little_endian(body, static_cast<std::uint16_t>(8 * sample_bytes));
    if (is_float) {
        put_little_endian(body, std::uint16_t{0}); // anything but PCM counts its extra bytes
    }
    return body;
}

std::uint32_t as_32(std::int64_t value, bool is_rf64) {
    return is_rf64 ? std::numeric_limits<std::uint32_t>::max() : static_cast<std::uint32_t>(value);
}

struct Header {
    Bytes bytes{};                             ///< everything before the first sample
    std::optional<std::size_t> reference_at{}; ///< where a reference is still to be written
};

/// RF64: EBU Tech 3306 section 3.
Header header_of(EncodeSettings const& settings) {
    std::int64_t const data_bytes =
        settings.frames_expected * settings.channels * bytes_per_sample(settings.input);
    bool const is_rf64 =
        settings.container == Container::rf64 || data_bytes > settings.rf64_threshold_bytes;
    Bytes chunks;
    put_chunk(chunks, "fmt ", format_chunk(settings));
    if (settings.input == SampleFormat::float_32) {
        Bytes fact; // required for everything but PCM
        put_little_endian(fact, as_32(settings.frames_expected, is_rf64));
        put_chunk(chunks, "fact", fact);
    }
    constexpr std::size_t kChunkHeadBytes = 8;
    std::optional<std::size_t> reference_at;
    if (settings.broadcast) {
        if (settings.broadcast->originator_reference.empty()) {
            reference_at = chunks.size() + kChunkHeadBytes + kBextReference;
        }
        put_chunk(chunks, "bext", bext_chunk(*settings.broadcast));
    }
    put_chunk(chunks, "LIST", info_list(settings.tags));
    put_chunk(chunks, "iXML", ixml(settings));
    put_chunk(chunks, "axml", axml(settings.tags));

    constexpr std::int64_t kLongSizesBytes = 28;
    std::int64_t const form_bytes = 4 + (is_rf64 ? 8 + kLongSizesBytes : 0) + std::ssize(chunks) +
                                    8 + data_bytes + data_bytes % 2;
    Bytes header;
    put_text(header, is_rf64 ? "RF64" : "RIFF");
    put_little_endian(header, as_32(form_bytes, is_rf64));
    put_text(header, "WAVE");
    if (is_rf64) {
        Bytes sizes;
        put_little_endian(sizes, static_cast<std::uint64_t>(form_bytes));
        put_little_endian(sizes, static_cast<std::uint64_t>(data_bytes));
        put_little_endian(sizes, static_cast<std::uint64_t>(settings.frames_expected));
        put_little_endian(sizes, std::uint32_t{0}); // no further long chunks
        put_chunk(header, "ds64", sizes);
    }
    if (reference_at) {
        *reference_at += header.size();
    }
    put_bytes(header, chunks);
    put_text(header, "data");
    put_little_endian(header, as_32(data_bytes, is_rf64));
    return {.bytes = std::move(header), .reference_at = reference_at};
}

} // namespace

WaveSink::WaveSink(std::filesystem::path const& path, EncodeSettings const& settings)
    : file_(File::create(path)) {
    Header const header = header_of(settings);
    file_.write_at(header.bytes, 0);
    offset_ = std::ssize(header.bytes);
    if (header.reference_at) {
        reference_at_ = static_cast<std::int64_t>(*header.reference_at);
    }
    syncs_ = settings.sync;
    pad_ = settings.frames_expected * settings.channels * bytes_per_sample(settings.input) % 2 != 0;
}

void WaveSink::write(PackedAudio audio) {
    if (reference_at_) {
        content_.update(audio.bytes);
    }
    file_.write_at(audio.bytes, offset_);
    offset_ += std::ssize(audio.bytes);
}

void WaveSink::write_reference() {
    std::string const digest = content_.finish();
    file_.write_at(as_bytes(digest).first(kBextReferenceBytes), *reference_at_);
}

void WaveSink::finish() {
    if (reference_at_) {
        write_reference();
    }
    if (pad_) {
        constexpr std::byte kPad{0};
        file_.write_at({&kPad, 1}, offset_);
    }
    if (syncs_) {
        file_.sync();
    } else {
        file_.start_sync();
    }
    file_.close();
}

} // namespace stemlathe::formats
