#include "formats/container_check.hpp"

#include "formats/bytes.hpp"
#include "formats/id3_size.hpp"
#include "formats/wave_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <string>

namespace stemlathe::formats {

namespace {

constexpr int kChunksMax = 4096;

/// Bytes of the MPEG-1/2 layer III frame whose header is `head`; 0 if it is none.
/// Source: ISO/IEC 11172-3 section 2.4.1.3, 13818-3 section 2.4.1.3.
std::int64_t mp3_frame_bytes(std::span<std::byte const> head) {
    constexpr std::array<int, 15> kKbps1{
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
    constexpr std::array<int, 15> kKbps2{
        0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
    constexpr std::array<int, 3> kRates{44'100, 48'000, 32'000};
    auto const word = big_endian<std::uint32_t>(head, 0);
    unsigned const version = (word >> 19U) & 3U; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
    unsigned const layer = (word >> 17U) & 3U;   // 1: layer III
    unsigned const kbps_index = (word >> 12U) & 15U;
    unsigned const rate_index = (word >> 10U) & 3U;
    if ((word >> 21U) != 0x7FFU || version == 1 || layer != 1 || kbps_index == 0 ||
        kbps_index == 15 || rate_index == 3) {
        return 0;
    }
    int const rate_hz = kRates[rate_index] / (version == 3 ? 1 : (version == 2 ? 2 : 4));
    int const kbps = version == 3 ? kKbps1[kbps_index] : kKbps2[kbps_index];
    return (version == 3 ? 144'000 : 72'000) * kbps / rate_hz + ((word >> 9U) & 1U);
}

/// Two frames in a row, since one header of 32 bits is easily hit by chance.
bool is_mp3_at(File const& file, std::int64_t offset) {
    std::array<std::byte, 4> head{};
    if (file.read_at(head, offset) < head.size()) {
        return false;
    }
    std::int64_t const bytes = mp3_frame_bytes(head);
    if (bytes == 0) {
        return false;
    }
    bool const is_last = offset + bytes >= file.size();
    return is_last ||
           (file.read_at(head, offset + bytes) == head.size() && mp3_frame_bytes(head) != 0);
}

/// The 80-bit number in which AIFF writes its rate.
double extended_value(std::span<std::byte const> bytes, std::size_t at) {
    int const exponent = (big_endian<std::uint16_t>(bytes, at) & 0x7FFF) - 16'383 - 63;
    return std::ldexp(static_cast<double>(big_endian<std::uint64_t>(bytes, at + 2)), exponent);
}

MediaFailure ends_early(File const& file) {
    return {
        MediaFault::truncated,
        file.path(),
        "ends before its audio begins; please export or copy it again"};
}

struct AiffForm {
    int channels = 0;
    std::int64_t frames = 0;
    int sample_bytes = 0;
    double rate_hz = 0.0;
};

AiffForm read_comm(File const& file, std::int64_t payload, std::uint32_t claimed, bool is_aifc) {
    constexpr std::array<std::string_view, 14> kCodecs{
        "NONE",
        "none",
        "twos",
        "sowt",
        "raw ",
        "in24",
        "in32",
        "fl32",
        "FL32",
        "fl64",
        "FL64",
        "alaw",
        "ulaw",
        "ALAW"};
    std::array<std::byte, 22> body{};
    std::size_t const wanted = is_aifc ? 22 : 18;
    if (claimed < wanted || file.read_at(std::span(body).first(wanted), payload) < wanted) {
        throw MediaFailure(MediaFault::unreadable, file.path(), "has a damaged COMM chunk");
    }
    std::string_view const codec = is_aifc ? as_text(body).substr(18, 4) : "NONE";
    if (std::find(kCodecs.begin(), kCodecs.end(), codec) == kCodecs.end()) {
        throw MediaFailure(
            MediaFault::unreadable,
            file.path(),
            "is compressed in a way that is not supported; please export PCM or float"
        );
    }
    return {
        big_endian<std::uint16_t>(body, 0),
        big_endian<std::uint32_t>(body, 2),
        (big_endian<std::uint16_t>(body, 6) + 7) / 8,
        extended_value(body, 8)};
}

} // namespace

std::optional<Container> identified(File const& file) {
    std::array<std::byte, 16> start{};
    std::size_t const got = file.read_at(start, 0);
    if (got < 12) {
        return std::nullopt;
    }
    std::string_view const text = as_text(start);
    std::string_view const first = text.substr(0, 4);
    std::string_view const third = text.substr(8, 4);
    if (first == "RIFF" && third == "WAVE") {
        return Container::wav;
    }
    if ((first == "RF64" || first == "BW64") && third == "WAVE") {
        return Container::rf64;
    }
    if (first == "riff" && big_endian<std::uint32_t>(start, 4) == 0x2E91'CF11) {
        return Container::w64;
    }
    if (first == "FORM" && (third == "AIFF" || third == "AIFC")) {
        return Container::aiff;
    }
    if (first == "caff") {
        return Container::caf;
    }
    if (first == "OggS") {
        return Container::ogg;
    }
    std::int64_t const content = id3_bytes(std::span(start).first<10>());
    std::array<std::byte, 4> head{};
    if (file.read_at(head, content) == head.size() && as_text(head) == "fLaC") {
        return Container::flac;
    }
    return is_mp3_at(file, content) ? std::optional(Container::mp3) : std::nullopt;
}

bool contradicts_name(std::filesystem::path const& path, Container container) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    auto const is_any_of = [&](std::initializer_list<std::string_view> list) {
        return std::find(list.begin(), list.end(), extension) != list.end();
    };
    if (is_any_of({".wav", ".wave", ".bwf", ".rf64", ".bw64"})) {
        return container != Container::wav && container != Container::rf64;
    }
    if (is_any_of({".w64"})) {
        return container != Container::w64;
    }
    if (is_any_of({".aif", ".aiff", ".aifc"})) {
        return container != Container::aiff;
    }
    if (is_any_of({".caf"})) {
        return container != Container::caf;
    }
    if (is_any_of({".flac"})) {
        return container != Container::flac;
    }
    if (is_any_of({".ogg", ".oga", ".opus"})) {
        return container != Container::ogg;
    }
    return is_any_of({".mp3"}) && container != Container::mp3;
}

void check_aiff(File const& file) {
    std::array<std::byte, 12> head{};
    bool const is_aifc = file.read_at(head, 0) == head.size() && as_text(head).ends_with("AIFC");
    std::int64_t const size = file.size();
    std::optional<AiffForm> form;
    std::optional<std::int64_t> audio;
    std::int64_t offset = 12;
    for (int count = 0; count < kChunksMax && !(form && audio); ++count) {
        std::span<std::byte> const chunk = std::span(head).first(8);
        if (file.read_at(chunk, offset) < 8) {
            throw ends_early(file);
        }
        auto const claimed = big_endian<std::uint32_t>(chunk, 4);
        if (as_text(chunk).starts_with("COMM")) {
            form = read_comm(file, offset + 8, claimed, is_aifc);
        } else if (as_text(chunk).starts_with("SSND")) {
            audio = offset + 16; // behind offset and block size, which are zero in practice
        }
        offset = std::min(size, offset + 8 + claimed + (claimed & 1U));
    }
    if (!form || !audio) {
        throw ends_early(file);
    }
    std::int64_t const frame_bytes = std::max(form->channels * form->sample_bytes, 1);
    require_frames(
        file, form->frames, std::max<std::int64_t>(size - *audio, 0) / frame_bytes, form->rate_hz
    );
}

bool check_caf(File const& file) {
    std::int64_t const size = file.size();
    std::int64_t offset = 8;
    std::int64_t frame_bytes = 0;
    double rate_hz = 0.0;
    for (int count = 0; count < kChunksMax; ++count) {
        std::array<std::byte, 12> head{};
        if (file.read_at(head, offset) < head.size()) {
            break;
        }
        auto const claimed = std::bit_cast<std::int64_t>(big_endian<std::uint64_t>(head, 4));
        std::int64_t const payload = offset + 12;
        if (as_text(head).starts_with("desc")) {
            std::array<std::byte, 32> body{};
            std::size_t const got = file.read_at(body, payload);
            std::string_view const codec = as_text(body).substr(8, 4);
            if (got < body.size() || (codec != "lpcm" && codec != "alaw" && codec != "ulaw")) {
                throw MediaFailure(
                    MediaFault::unreadable,
                    file.path(),
                    "is compressed in a way that is not supported; please export PCM or float"
                );
            }
            rate_hz = std::bit_cast<double>(big_endian<std::uint64_t>(body, 0));
            frame_bytes = big_endian<std::uint32_t>(body, 16);
        } else if (as_text(head).starts_with("data") && frame_bytes > 0) {
            if (claimed < 0) {
                return true; // CAF allows -1: to the end of the file
            }
            // The first four bytes count edits.
            require_frames(
                file, (claimed - 4) / frame_bytes, (size - payload - 4) / frame_bytes, rate_hz
            );
            return false;
        }
        if (claimed < 0 || claimed > size - payload) {
            break;
        }
        offset = payload + claimed;
    }
    throw ends_early(file);
}

} // namespace stemlathe::formats
