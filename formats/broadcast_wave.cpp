#include "formats/broadcast_wave.hpp"

#include "formats/bext.hpp"
#include "formats/file.hpp"
#include "formats/text.hpp"
#include "formats/wave_header.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <cmath>

namespace stemlathe {

namespace formats {

namespace {

// Where the fields lie (EBU Tech 3285 section 2.3).
constexpr std::size_t kOriginator = 256;
constexpr std::size_t kDate = kBextReference + kBextReferenceBytes;
constexpr std::size_t kTime = 330;
constexpr std::size_t kTimeReference = 338;
constexpr std::size_t kVersion = 346;
constexpr std::size_t kLoudness = 412;
constexpr std::size_t kHistory = 602;
constexpr std::uint16_t kNotMeasured = 0x7FFF;

std::uint16_t word_of(std::optional<double> value) noexcept {
    constexpr double kLimit = 99.99; // EBU Tech 3285 section 2.4
    if (!value || !(std::abs(*value) <= kLimit)) {
        return kNotMeasured;
    }
    return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::lround(*value * 100.0)));
}

std::optional<double> value_of(std::uint16_t word) noexcept {
    if (word == kNotMeasured) {
        return std::nullopt;
    }
    return static_cast<std::int16_t>(word) / 100.0;
}

Bytes words_of(LoudnessWords const& loudness) {
    Bytes bytes;
    put_little_endian(bytes, word_of(loudness.integrated_lufs));
    put_little_endian(bytes, word_of(loudness.range_lu));
    put_little_endian(bytes, word_of(loudness.true_peak_max_dbtp));
    put_little_endian(bytes, word_of(loudness.momentary_max_lufs));
    put_little_endian(bytes, word_of(loudness.short_term_max_lufs));
    return bytes;
}

} // namespace

Bytes bext_chunk(BroadcastInfo const& info) {
    Bytes bytes;
    put_field(bytes, as_ascii(info.description), kOriginator);
    put_field(bytes, as_ascii(info.originator), kBextReference - kOriginator);
    put_field(bytes, as_ascii(info.originator_reference), kDate - kBextReference);
    put_field(bytes, as_ascii(info.origination_date), kTime - kDate);
    put_field(bytes, as_ascii(info.origination_time), kTimeReference - kTime);
    put_little_endian(bytes, static_cast<std::uint64_t>(info.time_reference_frames));
    put_little_endian(bytes, std::uint16_t{2});
    bytes.resize(kLoudness); // no UMID
    put_bytes(bytes, words_of(info.loudness));
    bytes.resize(kHistory);
    put_text(bytes, info.coding_history); // holds line ends, which as_ascii would take away
    bytes.resize(bytes.size() + bytes.size() % 2); // not every reader knows of odd chunks
    return bytes;
}

std::optional<BroadcastInfo> parsed_bext(std::span<std::byte const> chunk) {
    if (chunk.size() < kHistory) {
        return std::nullopt;
    }
    auto const text = [&](std::size_t from, std::size_t to) {
        return as_utf8(as_text(chunk.subspan(from, to - from)));
    };
    BroadcastInfo info;
    info.description = text(0, kOriginator);
    info.originator = text(kOriginator, kBextReference);
    info.originator_reference = text(kBextReference, kDate);
    info.origination_date = text(kDate, kTime);
    info.origination_time = text(kTime, kTimeReference);
    // A position beyond 2^62 frames is no position.
    auto const reference = little_endian<std::uint64_t>(chunk, kTimeReference);
    info.time_reference_frames =
        reference < (1ULL << 62U) ? static_cast<std::int64_t>(reference) : 0;
    if (little_endian<std::uint16_t>(chunk, kVersion) >= 2) {
        auto const word = [&](std::size_t index) {
            return value_of(little_endian<std::uint16_t>(chunk, kLoudness + 2 * index));
        };
        info.loudness = {word(0), word(1), word(2), word(3), word(4)};
    }
    std::string_view const history = as_text(chunk.subspan(kHistory));
    info.coding_history = history.substr(0, history.find('\0'));
    return info;
}

} // namespace formats

std::optional<BroadcastInfo> read_broadcast_info(std::filesystem::path const& path) {
    auto const file = formats::File::open(path);
    auto const header = formats::read_wave_header(file);
    return formats::parsed_bext(formats::read_chunk(file, header.bext));
}

void patch_broadcast_loudness(std::filesystem::path const& path, LoudnessWords const& loudness) {
    auto file = formats::File::open_for_change(path);
    auto const header = formats::read_wave_header(file);
    if (header.bext.bytes < static_cast<std::int64_t>(formats::kHistory)) {
        throw Failure{
            Code::unreadable,
            fmt::format("{} has no bext chunk to hold its loudness", path.string())}
            .about_file(path.string());
    }
    auto const start = header.bext.offset;
    formats::Bytes version;
    formats::put_little_endian(version, std::uint16_t{2}); // the words exist from version 2 on
    file.write_at(version, start + static_cast<std::int64_t>(formats::kVersion));
    file.write_at(
        formats::words_of(loudness), start + static_cast<std::int64_t>(formats::kLoudness)
    );
    file.close();
}

} // namespace stemlathe
