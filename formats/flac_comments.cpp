#include "formats/flac_comments.hpp"

#include "formats/bytes.hpp"
#include "formats/id3_size.hpp"
#include "formats/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stemlathe::formats {

namespace {

constexpr int kBlocksMax = 1024; // real files have fewer than ten
constexpr int kCommentBlock = 4;

/// Takes a text with its length before it off the front; nothing where it does not fit.
std::optional<std::string_view> take_text(std::span<std::byte const>& bytes) {
    if (bytes.size() < 4) {
        return std::nullopt;
    }
    std::size_t const length = little_endian<std::uint32_t>(bytes, 0);
    if (length > bytes.size() - 4) {
        return std::nullopt;
    }
    auto const text = as_text(bytes.subspan(4, length));
    bytes = bytes.subspan(4 + length);
    return text;
}

bool is_named(std::string_view comment, std::string_view name) {
    return comment.size() > name.size() && comment[name.size()] == '=' &&
           std::equal(name.begin(), name.end(), comment.begin(), [](char a, char b) {
               return a == std::toupper(static_cast<unsigned char>(b));
           });
}

std::optional<std::string> isrc_in(std::span<std::byte const> block) {
    if (!take_text(block) || block.size() < 4) { // the vendor's name
        return std::nullopt;
    }
    auto const count = little_endian<std::uint32_t>(block, 0);
    block = block.subspan(4);
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const comment = take_text(block);
        if (!comment) {
            return std::nullopt;
        }
        if (is_named(*comment, "ISRC")) {
            return normalised_isrc(comment->substr(5));
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> flac_isrc(File const& file) {
    std::array<std::byte, 10> start{};
    if (file.read_at(start, 0) < start.size()) {
        return std::nullopt;
    }
    std::int64_t offset = id3_bytes(start) + 4;
    for (int i = 0; i < kBlocksMax; ++i) {
        std::array<std::byte, 4> head{};
        if (file.read_at(head, offset) < head.size()) {
            return std::nullopt;
        }
        auto const word = big_endian<std::uint32_t>(head, 0);
        std::size_t const bytes = word & 0xFF'FFFFU;
        auto const type = (word >> 24U) & 0x7FU;
        if (type == kCommentBlock) {
            Bytes block(bytes);
            block.resize(file.read_at(block, offset + 4));
            return isrc_in(block);
        }
        if ((word >> 31U) != 0) { // the last block
            return std::nullopt;
        }
        offset += 4 + static_cast<std::int64_t>(bytes);
    }
    return std::nullopt;
}

} // namespace stemlathe::formats
