#include "formats/wave_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

namespace stemlathe::formats {

namespace {

constexpr std::uint64_t kUnknown32 = 0xFFFF'FFFF;
constexpr std::int64_t kWrap32 = 1LL << 32U;

struct Chunk {
    std::string id;
    std::int64_t payload = 0;
    std::uint64_t bytes = 0; ///< as claimed
    std::int64_t next = 0;
};

/// One reading of one header.
class WaveParser {
  public:
    explicit WaveParser(File const& file) : file_(file), size_(file.size()) {}

    WaveHeader parse();

  private:
    std::int64_t read_form();
    [[nodiscard]] std::optional<Chunk> chunk_at(std::int64_t offset) const;
    [[nodiscard]] std::optional<Chunk> riff_chunk_at(std::int64_t offset) const;
    [[nodiscard]] std::optional<Chunk> wave64_chunk_at(std::int64_t offset) const;
    void take(Chunk const& chunk);
    void take_format(Chunk const& chunk);
    void take_list(Chunk const& chunk);
    void take_data(Chunk const& chunk);
    [[nodiscard]] bool length_is_unknown(std::uint64_t claimed, std::int64_t present) const;
    [[nodiscard]] Range metadata_range(Chunk const& chunk) const;
    [[nodiscard]] MediaFailure unreadable(std::string const& why) const;

    File const& file_;
    std::int64_t size_;
    WaveHeader header_;
    std::uint64_t form_bytes_ = 0;
    std::uint64_t long_data_bytes_ = 0; ///< from ds64
    bool has_format_ = false;
    bool has_data_ = false;
};

MediaFailure WaveParser::unreadable(std::string const& why) const {
    return {MediaFault::unreadable, file_.path(), why};
}

/// @returns where the first chunk begins
std::int64_t WaveParser::read_form() {
    std::array<std::byte, 40> start{};
    std::size_t const got = file_.read_at(start, 0);
    std::string_view const form = as_text(start).substr(0, 4);
    if (form == "riff") {
        header_.container = Container::w64;
        if (got < start.size() || as_text(start).substr(24, 4) != "wave") {
            throw unreadable("is cut off within its W64 header");
        }
        form_bytes_ = little_endian<std::uint64_t>(start, 16);
        return 40;
    }
    if (got < 12 || as_text(start).substr(8, 4) != "WAVE") {
        throw unreadable("begins like a WAV file, but is none");
    }
    header_.container = form == "RIFF" ? Container::wav : Container::rf64;
    form_bytes_ = little_endian<std::uint32_t>(start, 4);
    return 12;
}

std::optional<Chunk> WaveParser::riff_chunk_at(std::int64_t offset) const {
    std::array<std::byte, 8> head{};
    if (file_.read_at(head, offset) < head.size()) {
        return std::nullopt;
    }
    Chunk chunk{std::string(as_text(head).substr(0, 4)), offset + 8, 0, 0};
    chunk.bytes = little_endian<std::uint32_t>(head, 4);
    if (header_.container == Container::rf64 && chunk.id == "data" && chunk.bytes == kUnknown32) {
        chunk.bytes = long_data_bytes_;
    }
    std::uint64_t const room = static_cast<std::uint64_t>(size_ - chunk.payload);
    auto const step = std::min(chunk.bytes + (chunk.bytes & 1U), room);
    chunk.next = chunk.payload + static_cast<std::int64_t>(step);
    return chunk;
}

/// W64: the name is a GUID whose first four bytes are the RIFF name; sizes count the 24 bytes of
/// name and size themselves; chunks begin at multiples of eight.
std::optional<Chunk> WaveParser::wave64_chunk_at(std::int64_t offset) const {
    constexpr std::uint64_t kHeadBytes = 24;
    std::array<std::byte, kHeadBytes> head{};
    if (file_.read_at(head, offset) < head.size()) {
        return std::nullopt;
    }
    Chunk chunk{std::string(as_text(head).substr(0, 4)), offset + 24, 0, 0};
    auto const claimed = little_endian<std::uint64_t>(head, 16);
    chunk.bytes = claimed < kHeadBytes ? 0 : claimed - kHeadBytes;
    std::uint64_t const room = static_cast<std::uint64_t>(size_ - chunk.payload);
    std::uint64_t const step = chunk.bytes >= room ? room : ((chunk.bytes + 7) & ~7ULL);
    chunk.next = chunk.payload + static_cast<std::int64_t>(std::min(step, room));
    return chunk;
}

std::optional<Chunk> WaveParser::chunk_at(std::int64_t offset) const {
    return header_.container == Container::w64 ? wave64_chunk_at(offset) : riff_chunk_at(offset);
}

Range WaveParser::metadata_range(Chunk const& chunk) const {
    auto const room = static_cast<std::uint64_t>(size_ - chunk.payload);
    return {chunk.payload, static_cast<std::int64_t>(std::min(chunk.bytes, room))};
}

void WaveParser::take_format(Chunk const& chunk) {
    std::array<std::byte, 40> body{};
    auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.bytes, body.size()));
    std::size_t const got = file_.read_at(std::span(body).first(wanted), chunk.payload);
    if (got < 16) {
        throw unreadable("has a damaged fmt chunk; please export it again");
    }
    header_.format_tag = little_endian<std::uint16_t>(body, 0);
    header_.channels = little_endian<std::uint16_t>(body, 2);
    header_.rate_hz =
        static_cast<int>(std::min<std::uint32_t>(little_endian<std::uint32_t>(body, 4), 0x7FFF'FFFF)
        );
    header_.frame_bytes = little_endian<std::uint16_t>(body, 12);
    header_.bit_depth = little_endian<std::uint16_t>(body, 14);
    if (header_.format_tag == kWaveExtensible && got == body.size()) {
        int const valid_bits = little_endian<std::uint16_t>(body, 18);
        header_.bit_depth = valid_bits > 0 ? valid_bits : header_.bit_depth;
        header_.format_tag = little_endian<std::uint16_t>(body, 24); // the GUID's first word
    }
    if (header_.channels == 0 || header_.frame_bytes == 0 ||
        header_.frame_bytes % header_.channels != 0) {
        throw unreadable(fmt::format(
            "has a damaged fmt chunk: {} channels in frames of {} bytes",
            header_.channels,
            header_.frame_bytes
        ));
    }
    int const sample_bytes = header_.frame_bytes / header_.channels;
    if (header_.format_tag == kWavePcm && sample_bytes >= 2 && sample_bytes <= 4) {
        constexpr std::array kPcm{SampleFormat::pcm_16, SampleFormat::pcm_24, SampleFormat::pcm_32};
        header_.raw = kPcm[static_cast<std::size_t>(sample_bytes - 2)];
    } else if (header_.format_tag == kWaveFloat && (sample_bytes == 4 || sample_bytes == 8)) {
        header_.raw = sample_bytes == 4 ? SampleFormat::float_32 : SampleFormat::float_64;
    } else {
        bool const byte_codec = header_.format_tag == kWavePcm || header_.format_tag == kWaveALaw ||
                                header_.format_tag == kWaveMuLaw;
        if (!byte_codec || sample_bytes != 1) {
            throw unreadable(fmt::format(
                "holds codec {:#06x} in {}-byte samples, which is not supported; please export "
                "24-bit "
                "PCM or 32-bit float",
                header_.format_tag,
                sample_bytes
            ));
        }
    }
    if (header_.bit_depth < 1 || header_.bit_depth > 8 * sample_bytes) {
        header_.bit_depth = 8 * sample_bytes;
    }
    has_format_ = true;
}

void WaveParser::take_list(Chunk const& chunk) {
    std::array<std::byte, 4> kind{};
    if (file_.read_at(kind, chunk.payload) == kind.size() && as_text(kind) == "INFO") {
        Range const range = metadata_range(chunk);
        header_.info = {range.offset + 4, std::max<std::int64_t>(range.bytes - 4, 0)};
    }
}

/// A program that writes to a pipe, or that crashed, leaves a placeholder: all ones, zero, or (sox,
/// arecord) the largest signed length. `present` are the bytes from here to the end of the file.
bool WaveParser::length_is_unknown(std::uint64_t claimed, std::int64_t present) const {
    if (claimed == 0) {
        // An honest empty file says so in its outer size too.
        return present > 0 && (header_.container == Container::rf64 ||
                               form_bytes_ + 8 < static_cast<std::uint64_t>(size_));
    }
    if (claimed <= static_cast<std::uint64_t>(present)) {
        return false;
    }
    return claimed == kUnknown32 || claimed == 0x7FFF'F000 || claimed == 0x7FFF'FFFF ||
           claimed == 0x8000'0000 || claimed >= (1ULL << 62U);
}

void WaveParser::take_data(Chunk const& chunk) {
    if (!has_format_) {
        throw unreadable("has no fmt chunk before its audio; please export it again");
    }
    has_data_ = true;
    std::int64_t const present = size_ - chunk.payload;
    std::int64_t bytes = present;
    if (length_is_unknown(chunk.bytes, present)) {
        header_.streaming = true;
    } else {
        auto const claimed = static_cast<std::int64_t>(
            std::min<std::uint64_t>(chunk.bytes, std::numeric_limits<std::int64_t>::max())
        );
        require_frames(
            file_, claimed / header_.frame_bytes, present / header_.frame_bytes, header_.rate_hz
        );
        bytes = std::min(claimed, present);
        // A plain WAV beyond 4 GiB: the true length is the claim plus some times 2^32.
        if (header_.container == Container::wav && size_ > kWrap32 &&
            form_bytes_ + 8 < static_cast<std::uint64_t>(size_)) {
            bytes += (present - bytes) / kWrap32 * kWrap32;
            header_.streaming = bytes != claimed;
        }
    }
    bytes -= bytes % header_.frame_bytes;
    header_.data = {chunk.payload, bytes};
    if (bytes == 0) {
        throw MediaFailure(MediaFault::empty, file_.path(), "holds no audio: its length is 0");
    }
}

void WaveParser::take(Chunk const& chunk) {
    if (chunk.id == "ds64") {
        std::array<std::byte, 16> sizes{};
        if (file_.read_at(sizes, chunk.payload) == sizes.size()) {
            form_bytes_ = little_endian<std::uint64_t>(sizes, 0);
            long_data_bytes_ = little_endian<std::uint64_t>(sizes, 8);
        }
    } else if (chunk.id == "fmt " && !has_format_) {
        take_format(chunk);
    } else if (chunk.id == "data" && !has_data_) {
        take_data(chunk);
    } else if (chunk.id == "bext") {
        header_.bext = metadata_range(chunk);
    } else if (chunk.id == "axml") {
        header_.axml = metadata_range(chunk);
    } else if (chunk.id == "LIST") {
        take_list(chunk);
    }
}

WaveHeader WaveParser::parse() {
    constexpr int kChunksMax = 4096; // real files have about ten
    std::int64_t offset = read_form();
    for (int count = 0; count < kChunksMax; ++count) {
        auto const chunk = chunk_at(offset);
        if (!chunk) {
            break;
        }
        take(*chunk);
        offset = chunk->next;
        if (has_data_ && header_.streaming) {
            break; // the audio reaches to the end of the file
        }
    }
    if (!has_data_) {
        throw MediaFailure(
            MediaFault::truncated,
            file_.path(),
            "ends before its audio begins; please export or copy it again"
        );
    }
    return header_;
}

} // namespace

WaveHeader read_wave_header(File const& file) {
    return WaveParser{file}.parse();
}

Bytes read_chunk(File const& file, Range chunk) {
    constexpr std::int64_t kBytesMax = 1 << 20U;
    Bytes bytes(static_cast<std::size_t>(std::clamp<std::int64_t>(chunk.bytes, 0, kBytesMax)));
    bytes.resize(file.read_at(bytes, chunk.offset));
    return bytes;
}

void require_frames(
    File const& file, std::int64_t claimed_frames, std::int64_t present_frames, double rate_hz
) {
    if (claimed_frames <= present_frames) {
        return;
    }
    double const rate = std::max(rate_hz, 1.0);
    throw MediaFailure(
        MediaFault::truncated,
        file.path(),
        fmt::format(
            "is cut off: {:.3f} s of the {:.3f} s that its header promises are missing; please "
            "export or copy it again",
            static_cast<double>(claimed_frames - present_frames) / rate,
            static_cast<double>(claimed_frames) / rate
        )
    );
}

} // namespace stemlathe::formats
