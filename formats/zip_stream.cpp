#include "formats/zip_stream.hpp"

#include "kernels/base/failure.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace stemlathe {

namespace {

constexpr std::int64_t k32Max = 0xFFFFFFFF;
constexpr std::size_t k16Max = 0xFFFF;
constexpr std::uint16_t kVersion = 20; // folders
constexpr std::uint16_t kVersionZip64 = 45;
constexpr std::uint16_t kUnix = 3U << 8U; // made by, with permissions
constexpr std::uint16_t kUtf8 = 1U << 11U;
constexpr std::uint16_t kNoDate = 0x21; // 1 January 1980, the first day that ZIP knows
constexpr std::uint32_t kMode = 0100644U << 16U;

/// Little-endian numbers, as all of ZIP's.
template <typename Number>
void put(std::string& text, Number number) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        text += static_cast<char>(static_cast<std::uint64_t>(number) >> (8U * i) & 0xFFU);
    }
}

std::uint32_t low32(std::int64_t number) {
    return static_cast<std::uint32_t>(std::min(number, k32Max));
}

bool is_large(std::int64_t number) {
    return number >= k32Max;
}

/// 4.3.7
std::string local_header(ZipEntry const& entry) {
    bool const large = is_large(entry.bytes);
    std::string text;
    put(text, std::uint32_t{0x04034b50});
    put(text, large ? kVersionZip64 : kVersion);
    put(text, kUtf8);
    put(text, std::uint16_t{0}); // stored
    put(text, std::uint16_t{0});
    put(text, kNoDate);
    put(text, entry.crc32);
    put(text, low32(entry.bytes));
    put(text, low32(entry.bytes));
    put(text, static_cast<std::uint16_t>(entry.name.size()));
    put(text, static_cast<std::uint16_t>(large ? 20 : 0));
    text += entry.name;
    if (large) { // 4.5.3: both sizes
        put(text, std::uint16_t{1});
        put(text, std::uint16_t{16});
        put(text, entry.bytes);
        put(text, entry.bytes);
    }
    return text;
}

/// 4.3.12
std::string directory_header(ZipEntry const& entry, std::int64_t offset) {
    std::string extra;
    if (is_large(entry.bytes)) {
        put(extra, entry.bytes);
        put(extra, entry.bytes);
    }
    if (is_large(offset)) {
        put(extra, offset);
    }
    std::string text;
    put(text, std::uint32_t{0x02014b50});
    put(text, static_cast<std::uint16_t>(kUnix | kVersionZip64));
    put(text, extra.empty() ? kVersion : kVersionZip64);
    put(text, kUtf8);
    put(text, std::uint16_t{0});
    put(text, std::uint16_t{0});
    put(text, kNoDate);
    put(text, entry.crc32);
    put(text, low32(entry.bytes));
    put(text, low32(entry.bytes));
    put(text, static_cast<std::uint16_t>(entry.name.size()));
    put(text, static_cast<std::uint16_t>(extra.empty() ? 0 : extra.size() + 4));
    put(text, std::uint16_t{0}); // no comment
    put(text, std::uint16_t{0});
    put(text, std::uint16_t{0});
    put(text, kMode);
    put(text, low32(offset));
    text += entry.name;
    if (!extra.empty()) {
        put(text, std::uint16_t{1});
        put(text, static_cast<std::uint16_t>(extra.size()));
        text += extra;
    }
    return text;
}

/// 4.3.14 to 4.3.16
std::string end_of_archive(std::size_t count, std::int64_t begin, std::int64_t bytes) {
    std::string text;
    if (count >= k16Max || is_large(begin) || is_large(bytes)) {
        put(text, std::uint32_t{0x06064b50});
        put(text, std::uint64_t{44});
        put(text, static_cast<std::uint16_t>(kUnix | kVersionZip64));
        put(text, kVersionZip64);
        put(text, std::uint32_t{0});
        put(text, std::uint32_t{0});
        put(text, std::uint64_t{count});
        put(text, std::uint64_t{count});
        put(text, bytes);
        put(text, begin);
        put(text, std::uint32_t{0x07064b50});
        put(text, std::uint32_t{0});
        put(text, begin + bytes);
        put(text, std::uint32_t{1});
    }
    auto const short_count = static_cast<std::uint16_t>(std::min(count, k16Max));
    put(text, std::uint32_t{0x06054b50});
    put(text, std::uint16_t{0});
    put(text, std::uint16_t{0});
    put(text, short_count);
    put(text, short_count);
    put(text, low32(bytes));
    put(text, low32(begin));
    put(text, std::uint16_t{0});
    return text;
}

} // namespace

ZipStream::ZipStream(std::vector<ZipEntry> entries) : entries_{std::move(entries)} {
    std::string directory;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        directory += directory_header(entries_[i], bytes_);
        add_text(local_header(entries_[i]));
        add_entry(i);
    }
    auto const begin = bytes_;
    auto const length = static_cast<std::int64_t>(directory.size());
    add_text(std::move(directory));
    add_text(end_of_archive(entries_.size(), begin, length));
}

void ZipStream::add_text(std::string text) {
    auto const length = static_cast<std::int64_t>(text.size());
    pieces_.push_back({.begin = bytes_, .bytes = length, .text = std::move(text)});
    bytes_ += length;
}

void ZipStream::add_entry(std::size_t index) {
    auto const& entry = entries_[index];
    if (!entry.open) {
        add_text(entry.text);
        return;
    }
    pieces_.push_back(
        {.begin = bytes_, .bytes = entry.bytes, .text = {}, .entry = index, .is_file = true}
    );
    bytes_ += entry.bytes;
}

std::size_t ZipStream::read_at(std::span<std::byte> into, std::int64_t offset) {
    if (offset >= bytes_ || into.empty()) {
        return 0;
    }
    auto const after = std::ranges::upper_bound(pieces_, offset, {}, [](Piece const& piece) {
        return piece.begin;
    });
    // Empty files begin where the next piece does; the last that begins here has the bytes.
    auto const& piece = *std::prev(after);
    auto const inside = offset - piece.begin;
    auto const wanted = static_cast<std::size_t>(
        std::min(static_cast<std::int64_t>(into.size()), piece.bytes - inside)
    );
    if (!piece.is_file) {
        std::memcpy(into.data(), piece.text.data() + inside, wanted);
        return wanted;
    }
    if (!descriptor_ || opened_ != piece.entry) {
        descriptor_ = entries_[piece.entry].open();
        opened_ = piece.entry;
    }
    auto const count = pread(*descriptor_, into.data(), wanted, inside);
    if (count <= 0) {
        throw Failure{
            Code::storage_failed,
            entries_[piece.entry].name + " could not be read to its end for the archive"};
    }
    return static_cast<std::size_t>(count);
}

} // namespace stemlathe
