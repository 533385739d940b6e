#include "host/utf8.hpp"

#include <algorithm>
#include <cstddef>

namespace stemlathe {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

unsigned byte_at(std::string_view text, std::size_t at) noexcept {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

/// Length of the well-formed sequence at the start of `text`, or 0. Source: RFC 3629 section 4.
std::size_t sequence_length(std::string_view text) noexcept {
    unsigned const first = byte_at(text, 0);
    if (first < 0x80U) {
        return 1;
    }
    std::size_t const length = first >= 0xF0U ? 4 : (first >= 0xE0U ? 3 : 2);
    unsigned const second = byte_at(text, 1);
    unsigned const low = first == 0xE0U ? 0xA0U : (first == 0xF0U ? 0x90U : 0x80U);
    unsigned const high = first == 0xEDU ? 0x9FU : (first == 0xF4U ? 0x8FU : 0xBFU);
    if (first < 0xC2U || first > 0xF4U || second < low || second > high) {
        return 0;
    }
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte_at(text, i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return length;
}

} // namespace

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        auto const length = sequence_length(text);
        valid += length > 0 ? text.substr(0, length) : kReplacement;
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return valid;
}

} // namespace stemlathe
