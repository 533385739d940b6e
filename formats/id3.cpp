#include "formats/tag_fields.hpp"
#include "formats/text.hpp"

#include <array>
#include <string_view>

namespace stemlathe::formats {

namespace {

/// ID3v2.3 text: ISO 8859-1 where ASCII is enough (numbers must be), else UTF-16 with a byte order
/// mark. Source: id3v2.3.0 section 3.3.
bool needs_utf16(std::string_view text) {
    return !is_ascii(text);
}

void put_encoded(Bytes& body, std::string_view text, bool utf16) {
    if (!utf16) {
        put_text(body, text);
        return;
    }
    put_little_endian(body, std::uint16_t{0xFEFF});
    for (char16_t const unit : as_utf16(text)) {
        put_little_endian(body, static_cast<std::uint16_t>(unit));
    }
}

void put_frame(Bytes& tag, std::string_view id, Bytes const& body) {
    put_text(tag, id);
    put_big_endian(tag, static_cast<std::uint32_t>(body.size()));
    put_big_endian(tag, std::uint16_t{0});
    put_bytes(tag, body);
}

void put_text_frame(Bytes& tag, std::string_view id, std::string_view text) {
    if (text.empty()) {
        return;
    }
    bool const utf16 = needs_utf16(text);
    Bytes body{std::byte{utf16}};
    put_encoded(body, text, utf16);
    put_frame(tag, id, body);
}

void put_user_text_frame(Bytes& tag, std::string_view name, std::string_view text) {
    Bytes body{std::byte{0}};
    put_text(body, name);
    body.push_back(std::byte{0});
    put_text(body, text);
    put_frame(tag, "TXXX", body);
}

} // namespace

Bytes id3_tag(Tags const& tags) {
    Bytes frames;
    put_text_frame(frames, "TIT2", tags.title);
    put_text_frame(frames, "TPE1", tags.artist);
    put_text_frame(frames, "TALB", tags.album);
    put_text_frame(frames, "TCON", tags.genre);
    put_text_frame(frames, "TSRC", tags.isrc);
    put_text_frame(frames, "TYER", std::string_view(tags.date).substr(0, 4));
    if (tags.date.size() == 10) { // yyyy-mm-dd; TDAT is DDMM
        put_text_frame(frames, "TDAT", tags.date.substr(8, 2) + tags.date.substr(5, 2));
    }
    if (!tags.upc.empty()) {
        put_user_text_frame(frames, "BARCODE", tags.upc);
    }
    if (tags.replay_gain) {
        for (auto const& [name, text] : replay_gain_fields(*tags.replay_gain)) {
            put_user_text_frame(frames, name, text);
        }
    }
    if (frames.empty()) {
        return {};
    }
    Bytes tag;
    put_text(tag, "ID3");
    put_big_endian(tag, std::uint16_t{0x0300}); // version 2.3.0
    tag.push_back(std::byte{0});
    for (unsigned shift = 28; shift > 0;) { // four times seven bits
        shift -= 7;
        tag.push_back(static_cast<std::byte>((frames.size() >> shift) & 0x7FU));
    }
    put_bytes(tag, frames);
    return tag;
}

} // namespace stemlathe::formats
