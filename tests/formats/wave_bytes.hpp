#pragma once

#include "formats/bytes.hpp"

#include <cstdint>
#include <string_view>

/// Wave files made by hand, so that they can lie.
namespace stemlathe::test {

using formats::Bytes;

[[nodiscard]] inline Bytes text_bytes(std::string_view text) {
    Bytes bytes;
    formats::put_text(bytes, text);
    return bytes;
}

/// A chunk that claims `claimed` bytes.
[[nodiscard]] inline Bytes
chunk_claiming(std::string_view id, std::uint32_t claimed, Bytes const& body) {
    Bytes bytes = text_bytes(id);
    formats::put_little_endian(bytes, claimed);
    formats::put_bytes(bytes, body);
    bytes.resize(bytes.size() + body.size() % 2);
    return bytes;
}

[[nodiscard]] inline Bytes chunk(std::string_view id, Bytes const& body) {
    return chunk_claiming(id, static_cast<std::uint32_t>(body.size()), body);
}

struct WaveFormat {
    std::uint16_t tag = 1;
    std::uint16_t channels = 2;
    std::uint32_t rate_hz = 48'000;
    std::uint16_t bits = 16;
};

[[nodiscard]] inline Bytes format_chunk(WaveFormat const& format) {
    auto const frame = static_cast<std::uint16_t>(format.channels * ((format.bits + 7) / 8));
    Bytes body;
    formats::put_little_endian(body, format.tag);
    formats::put_little_endian(body, format.channels);
    formats::put_little_endian(body, format.rate_hz);
    formats::put_little_endian(body, format.rate_hz * frame);
    formats::put_little_endian(body, frame);
    formats::put_little_endian(body, format.bits);
    return chunk("fmt ", body);
}

/// `form` ("RIFF", "RF64") around the chunks; its size is true unless `claimed` says otherwise.
[[nodiscard]] inline Bytes wave_of(
    std::initializer_list<Bytes> chunks, std::string_view form = "RIFF", std::int64_t claimed = -1
) {
    Bytes body = text_bytes("WAVE");
    for (auto const& each : chunks) {
        formats::put_bytes(body, each);
    }
    Bytes bytes = text_bytes(form);
    formats::put_little_endian(
        bytes, static_cast<std::uint32_t>(claimed < 0 ? std::ssize(body) : claimed)
    );
    formats::put_bytes(bytes, body);
    return bytes;
}

/// The first bytes of a chunked file are its format; audio is 0, 1, 2, ... as bytes.
[[nodiscard]] inline Bytes counting_bytes(std::size_t count) {
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) {
        bytes[i] = static_cast<std::byte>(i & 0x7FU);
    }
    return bytes;
}

} // namespace stemlathe::test
