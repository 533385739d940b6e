#include "formats/media.hpp"
#include "formats/tag_fields.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

/// Ogg pages: RFC 3533 section 6. Vorbis headers: Vorbis I section 4.2 and 5. Opus: RFC 7845.
namespace stemlathe::formats {

namespace {

constexpr std::size_t kHeadBytes = 27;
constexpr std::size_t kSegmentsMax = 255;
constexpr unsigned kContinued = 1;

/// CRC-32 with polynomial 0x04C11DB7, not reflected, starting at 0 (RFC 3533 section 6).
constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i << 24U;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value << 1U) ^ ((value >> 31U) != 0 ? 0x04C1'1DB7U : 0U);
        }
        table[i] = value;
    }
    return table;
}();

std::uint32_t crc_of(std::span<std::byte const> bytes) {
    std::uint32_t crc = 0;
    for (std::byte const value : bytes) {
        crc = (crc << 8U) ^ kCrcTable[(crc >> 24U) ^ std::to_integer<std::uint32_t>(value)];
    }
    return crc;
}

struct Page {
    unsigned flags = 0;
    std::uint64_t granule = 0;
    std::uint32_t serial = 0;
    Bytes lacing; ///< one length per segment
    Bytes body;
    std::int64_t next = 0; ///< where the next page begins in the file
};

MediaFailure damaged(File const& file) {
    return {MediaFault::unreadable, file.path(), "is not one whole Ogg Vorbis or Opus stream"};
}

std::size_t sum_of(std::span<std::byte const> lacing) {
    std::size_t sum = 0;
    for (std::byte const length : lacing) {
        sum += std::to_integer<std::size_t>(length);
    }
    return sum;
}

std::optional<Page> page_at(File const& file, std::int64_t offset) {
    std::array<std::byte, kHeadBytes> head{};
    std::size_t const got = file.read_at(head, offset);
    if (got == 0) {
        return std::nullopt;
    }
    if (got < head.size() || as_text(head).substr(0, 4) != "OggS") {
        throw damaged(file);
    }
    Page page;
    page.flags = std::to_integer<unsigned>(head[5]);
    page.granule = little_endian<std::uint64_t>(head, 6);
    page.serial = little_endian<std::uint32_t>(head, 14);
    page.lacing.resize(std::to_integer<std::size_t>(head[26]));
    std::int64_t const lacing_at = offset + static_cast<std::int64_t>(kHeadBytes);
    std::size_t const lacing_got = file.read_at(page.lacing, lacing_at);
    page.body.resize(sum_of(page.lacing));
    std::int64_t const body_at = lacing_at + static_cast<std::int64_t>(page.lacing.size());
    if (lacing_got < page.lacing.size() || file.read_at(page.body, body_at) < page.body.size()) {
        throw damaged(file);
    }
    page.next = body_at + static_cast<std::int64_t>(page.body.size());
    return page;
}

/// Writes pages one after the other, numbering them.
class PageWriter {
  public:
    explicit PageWriter(File& file) noexcept : file_(file) {}

    void write(Page const& page) {
        constexpr std::size_t kCrcAt = 22;
        Bytes bytes;
        put_text(bytes, "OggS");
        bytes.push_back(std::byte{0});
        bytes.push_back(static_cast<std::byte>(page.flags));
        put_little_endian(bytes, page.granule);
        put_little_endian(bytes, page.serial);
        put_little_endian(bytes, sequence_++);
        put_little_endian(bytes, std::uint32_t{0});
        bytes.push_back(static_cast<std::byte>(page.lacing.size()));
        put_bytes(bytes, page.lacing);
        put_bytes(bytes, page.body);
        Bytes crc;
        put_little_endian(crc, crc_of(bytes));
        std::copy(crc.begin(), crc.end(), bytes.begin() + kCrcAt);
        file_.write_at(bytes, offset_);
        offset_ += static_cast<std::int64_t>(bytes.size());
    }

    /// Header packets on pages of their own; the last one ends its page, as the codecs demand.
    void write_headers(std::vector<Bytes> const& packets, std::uint32_t serial) {
        Bytes lacing;
        Bytes body;
        for (Bytes const& packet : packets) {
            lacing.insert(lacing.end(), packet.size() / 255, std::byte{255});
            lacing.push_back(static_cast<std::byte>(packet.size() % 255));
            put_bytes(body, packet);
        }
        std::size_t first_segment = 0;
        std::size_t first_byte = 0;
        while (first_segment < lacing.size()) {
            std::size_t const count = std::min(kSegmentsMax, lacing.size() - first_segment);
            auto const segments = std::span(lacing).subspan(first_segment, count);
            std::size_t const bytes = sum_of(segments);
            bool const continued = first_segment > 0 && lacing[first_segment - 1] == std::byte{255};
            bool const ends_a_packet =
                std::any_of(segments.begin(), segments.end(), [](std::byte length) {
                    return length != std::byte{255};
                });
            auto const content = std::span(body).subspan(first_byte, bytes);
            write(Page{
                continued ? kContinued : 0U,
                ends_a_packet ? 0 : ~std::uint64_t{0},
                serial,
                Bytes(segments.begin(), segments.end()),
                Bytes(content.begin(), content.end()),
                0});
            first_segment += count;
            first_byte += bytes;
        }
    }

  private:
    File& file_;
    std::int64_t offset_ = 0;
    std::uint32_t sequence_ = 0;
};

/// The comment packet with other comments and the encoder's own vendor text.
Bytes comment_packet(Bytes const& original, Tags const& tags, bool is_opus, File const& file) {
    std::string_view const name = is_opus ? "OpusTags" : "\x03vorbis";
    if (original.size() < name.size() + 4 || !as_text(original).starts_with(name)) {
        throw damaged(file);
    }
    std::size_t const vendor_bytes = little_endian<std::uint32_t>(original, name.size());
    if (vendor_bytes > original.size() - name.size() - 4) {
        throw damaged(file);
    }
    Bytes packet;
    put_bytes(packet, std::span(original).first(name.size() + 4 + vendor_bytes));
    Fields const fields = vorbis_comments(tags, is_opus);
    put_little_endian(packet, static_cast<std::uint32_t>(fields.size()));
    for (auto const& [key, text] : fields) {
        put_little_endian(packet, static_cast<std::uint32_t>(key.size() + 1 + text.size()));
        put_text(packet, key);
        put_text(packet, "=");
        put_text(packet, text);
    }
    if (!is_opus) {
        packet.push_back(std::byte{1}); // the framing bit
    }
    return packet;
}

struct Headers {
    std::vector<Bytes> packets; ///< those after the first page
    std::int64_t next = 0;      ///< where the audio pages begin
};

Headers read_headers(File const& file, std::int64_t offset, std::size_t count) {
    constexpr std::size_t kHeaderBytesMax = 16U << 20U; // cover pictures stand here
    Headers headers;
    Bytes packet;
    std::size_t bytes = 0;
    while (headers.packets.size() < count) {
        auto const page = page_at(file, offset);
        bytes += page ? page->body.size() + 1 : 0;
        if (!page || bytes > kHeaderBytesMax) {
            throw damaged(file);
        }
        std::size_t at = 0;
        for (std::byte const length : page->lacing) {
            auto const segment = std::to_integer<std::size_t>(length);
            put_bytes(packet, std::span(page->body).subspan(at, segment));
            at += segment;
            if (segment < 255) {
                headers.packets.push_back(std::exchange(packet, {}));
            }
        }
        offset = page->next;
    }
    if (headers.packets.size() != count || !packet.empty()) {
        throw damaged(file);
    }
    headers.next = offset;
    return headers;
}

} // namespace

void rewrite_ogg(
    File const& source, File& target, Tags const& tags, std::optional<std::uint32_t> serial
) {
    auto first = page_at(source, 0);
    bool const is_opus = first && as_text(first->body).starts_with("OpusHead");
    bool const is_vorbis = first && as_text(first->body).starts_with("\x01vorbis");
    if (!is_opus && !is_vorbis) {
        throw damaged(source);
    }
    std::uint32_t const old_serial = first->serial;
    first->serial = serial.value_or(old_serial);
    Headers headers = read_headers(source, first->next, is_opus ? 1 : 2);
    headers.packets[0] = comment_packet(headers.packets[0], tags, is_opus, source);
    PageWriter writer{target};
    writer.write(*first);
    writer.write_headers(headers.packets, first->serial);
    std::int64_t offset = headers.next;
    while (auto page = page_at(source, offset)) {
        if (page->serial != old_serial) {
            throw damaged(source);
        }
        page->serial = first->serial;
        writer.write(*page);
        offset = page->next;
    }
}

} // namespace stemlathe::formats
