#include "formats/wave_source.hpp"

#include "formats/bext.hpp"
#include "formats/text.hpp"

#include <string_view>
#include <utility>

namespace stemlathe::formats {

namespace {

MediaInfo info_of(File const& file, WaveHeader const& header) {
    MediaInfo info;
    info.container = header.container;
    info.codec = name_of(*header.raw);
    info.rate_hz = header.rate_hz;
    info.channels = header.channels;
    info.frames = header.frames();
    info.bit_depth = header.bit_depth;
    info.is_float = header.format_tag == kWaveFloat;
    info.packed = *header.raw;
    info.streaming_header = header.streaming;
    add_wave_metadata(file, header, info);
    return info;
}

std::optional<std::string> unless_empty(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

/// A LIST/INFO list: four letters, length, text, padded to even.
void add_info_list(std::span<std::byte const> list, MediaInfo& info) {
    while (list.size() >= 8) {
        std::string_view const id = as_text(list).substr(0, 4);
        std::size_t const bytes = little_endian<std::uint32_t>(list, 4);
        std::string_view const text = as_text(list).substr(8, bytes);
        if (id == "INAM") {
            info.title = unless_empty(as_utf8(text));
        } else if (id == "IART") {
            info.artist = unless_empty(as_utf8(text));
        }
        list = list.subspan(std::min(list.size(), 8 + bytes + (bytes & 1U)));
    }
}

} // namespace

void add_wave_metadata(File const& file, WaveHeader const& header, MediaInfo& info) {
    if (auto const bext = parsed_bext(read_chunk(file, header.bext))) {
        info.time_reference_frames = bext->time_reference_frames;
        info.origination_date = normalised_date(bext->origination_date);
    }
    add_info_list(read_chunk(file, header.info), info);
    // EBU Tech 3352 spells it <dc:identifier>ISRC:...</dc:identifier>.
    constexpr std::string_view kMark = "identifier>ISRC:";
    Bytes const xml = read_chunk(file, header.axml);
    std::size_t const at = as_text(xml).find(kMark);
    if (at != std::string_view::npos) {
        info.isrc = normalised_isrc(as_text(xml).substr(at + kMark.size(), 12));
    }
}

WaveSource::WaveSource(File file, WaveHeader const& header)
    : file_(std::move(file)), header_(header), info_(info_of(file_, header_)) {}

std::int64_t
WaveSource::read(std::span<std::byte> into, std::int64_t first, std::int64_t frames) const {
    auto const bytes = static_cast<std::size_t>(frames * header_.frame_bytes);
    std::size_t const got =
        file_.read_at(into.first(bytes), header_.data.offset + first * header_.frame_bytes);
    return static_cast<std::int64_t>(got) / header_.frame_bytes;
}

} // namespace stemlathe::formats
