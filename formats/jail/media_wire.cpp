#include "formats/jail/media_wire.hpp"

#include "formats/inspection.hpp"
#include "formats/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::formats {

namespace {

MediaFailure nonsense(std::filesystem::path const& path, std::string_view what) {
    return {
        MediaFault::unreadable,
        path,
        fmt::format(
            "made its decoder answer nonsense ({}); it is damaged, or made to do harm", what
        )};
}

std::optional<std::string> unless_empty(std::string text) {
    return text.empty() ? std::nullopt : std::optional{std::move(text)};
}

} // namespace

WireMedia wire_media(MediaInfo const& info) {
    WireMedia wire{
        .frames = info.frames,
        .time_reference_frames = info.time_reference_frames.value_or(-1),
        .rate_hz = info.rate_hz,
        .channels = info.channels,
        .bit_depth = info.bit_depth,
        .container = static_cast<std::uint8_t>(info.container),
        .packed = static_cast<std::uint8_t>(info.packed),
        .is_float = info.is_float ? std::uint8_t{1} : std::uint8_t{0},
        .streaming_header = info.streaming_header ? std::uint8_t{1} : std::uint8_t{0}};
    put_wire_text(wire.codec, info.codec);
    put_wire_text(wire.origination_date, info.origination_date.value_or(""));
    put_wire_text(wire.isrc, info.isrc.value_or(""));
    put_wire_text(wire.title, info.title.value_or(""));
    put_wire_text(wire.artist, info.artist.value_or(""));
    return wire;
}

MediaInfo media_from(WireMedia const& wire, std::filesystem::path const& path) {
    if (wire.container > static_cast<std::uint8_t>(Container::mp3) ||
        wire.packed > static_cast<std::uint8_t>(SampleFormat::float_64) || wire.bit_depth < 0 ||
        wire.bit_depth > 64) {
        throw nonsense(path, "a format that there is not");
    }
    if (wire.frames < 1) {
        throw nonsense(path, "no frames");
    }
    MediaInfo info{
        .container = static_cast<Container>(wire.container),
        .codec = text_from(wire.codec),
        .rate_hz = wire.rate_hz,
        .channels = wire.channels,
        .frames = wire.frames,
        .bit_depth = wire.bit_depth,
        .is_float = wire.is_float != 0,
        .packed = static_cast<SampleFormat>(wire.packed),
        .streaming_header = wire.streaming_header != 0,
        .time_reference_frames = wire.time_reference_frames < 0
                                     ? std::nullopt
                                     : std::optional{wire.time_reference_frames},
        .origination_date = unless_empty(text_from(wire.origination_date)),
        .title = unless_empty(text_from(wire.title)),
        .artist = unless_empty(text_from(wire.artist)),
        .isrc = normalised_isrc(text_from(wire.isrc))};
    require_rate_and_channels(info, path);
    return info;
}

void put_wire_text(std::span<char> to, std::string_view text) {
    std::size_t bytes = std::min(to.size(), text.size());
    auto const goes_on = [&] { // with a letter of UTF-8 that began before
        return bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U;
    };
    while (bytes > 0 && goes_on()) {
        --bytes;
    }
    std::fill(to.begin(), to.end(), '\0');
    text.copy(to.data(), bytes);
}

std::string text_from(std::span<char const> wire) {
    std::string_view const whole{wire.data(), wire.size()};
    return as_utf8(whole.substr(0, whole.find('\0')));
}

} // namespace stemlathe::formats
