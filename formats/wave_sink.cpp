#include "formats/wave_sink.hpp"

#include "formats/bext.hpp"
#include "formats/bytes.hpp"
#include "formats/text.hpp"
#include "formats/wave_header.hpp"

#include <fmt/format.h>

#include <limits>
#include <string_view>

namespace stemlathe::formats {

namespace {

void put_chunk(Bytes& bytes, std::string_view id, std::span<std::byte const> body) {
    if (body.empty()) {
        return;
    }
    put_text(bytes, id);
    put_little_endian(bytes, static_cast<std::uint32_t>(body.size()));
    put_bytes(bytes, body);
    bytes.resize(bytes.size() + body.size() % 2); // chunks begin at even places
}

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

Bytes info_list(Tags const& tags) {
    Bytes list;
    auto const add = [&](std::string_view id, std::string const& text) {
        if (!text.empty()) {
            Bytes body;
            put_text(body, as_ascii(text));
            body.push_back(std::byte{0});
            put_chunk(list, id, body);
        }
    };
    add("INAM", tags.title);
    add("IART", tags.artist);
    add("IPRD", tags.album);
    add("ICRD", tags.date);
    add("IGNR", tags.genre);
    if (list.empty()) {
        return list;
    }
    Bytes body;
    put_text(body, "INFO");
    put_bytes(body, list);
    return body;
}

/// The place for an ISRC in a Broadcast Wave file: EBU Tech 3352. LIST/INFO's own "ISRC" means
/// "source".
Bytes axml(Tags const& tags) {
    Bytes body;
    if (tags.isrc.empty()) {
        return body;
    }
    put_text(
        body,
        fmt::format(
            R"(<?xml version="1.0" encoding="UTF-8"?>
<ebuCoreMain xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="urn:ebu:metadata-schema:ebucore">
<coreMetadata>
<title><dc:title>{}</dc:title></title>
<identifier typeLabel="GUID" typeDefinition="Globally Unique Identifier" formatLabel="ISRC" formatDefinition="International Standard Recording Code" formatLink="http://www.ebu.ch/metadata/cs/ebu_IdentifierTypeCodeCS.xml#3.7">
<dc:identifier>ISRC:{}</dc:identifier>
</identifier>
</coreMetadata>
</ebuCoreMain>
)",
            as_xml(tags.title),
            as_xml(tags.isrc)
        )
    );
    return body;
}

std::uint32_t as_32(std::int64_t value, bool is_rf64) {
    return is_rf64 ? std::numeric_limits<std::uint32_t>::max() : static_cast<std::uint32_t>(value);
}

/// Everything before the first sample. RF64: EBU Tech 3306 section 3.
Bytes header_of(EncodeSettings const& settings) {
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
    if (settings.broadcast) {
        put_chunk(chunks, "bext", bext_chunk(*settings.broadcast));
    }
    put_chunk(chunks, "LIST", info_list(settings.tags));
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
    put_bytes(header, chunks);
    put_text(header, "data");
    put_little_endian(header, as_32(data_bytes, is_rf64));
    return header;
}

} // namespace

WaveSink::WaveSink(std::filesystem::path const& path, EncodeSettings const& settings)
    : file_(File::create(path)) {
    Bytes const header = header_of(settings);
    file_.write_at(header, 0);
    offset_ = std::ssize(header);
    syncs_ = settings.sync;
    pad_ = settings.frames_expected * settings.channels * bytes_per_sample(settings.input) % 2 != 0;
}

void WaveSink::write(PackedAudio audio) {
    file_.write_at(audio.bytes, offset_);
    offset_ += std::ssize(audio.bytes);
}

void WaveSink::finish() {
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
