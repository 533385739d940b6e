#include "formats/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>

namespace stemlathe {

namespace {

bool is_digit(char letter) noexcept {
    return letter >= '0' && letter <= '9';
}

bool is_capital(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z';
}

/// The whole number in text[from, from + count); -1 where it holds anything but digits.
int number_at(std::string_view text, std::size_t from, std::size_t count) noexcept {
    int number = 0;
    for (char const letter : text.substr(from, count)) {
        if (!is_digit(letter)) {
            return -1;
        }
        number = 10 * number + (letter - '0');
    }
    return number;
}

bool lies_within(int value, int least, int most) noexcept {
    return value >= least && value <= most;
}

} // namespace

std::optional<std::string> normalised_date(std::string_view text) {
    if (text.size() != 10 || !lies_within(number_at(text, 0, 4), 1, 9999) ||
        !lies_within(number_at(text, 5, 2), 1, 12) || !lies_within(number_at(text, 8, 2), 1, 31) ||
        is_digit(text[4]) || is_digit(text[7])) {
        return std::nullopt;
    }
    std::string date{text};
    date[4] = '-';
    date[7] = '-';
    return date;
}

std::optional<std::string> normalised_isrc(std::string_view text) {
    std::string isrc;
    for (char const letter : text) {
        if (letter != '-' && letter != ' ') {
            isrc += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        }
    }
    if (isrc.size() != 12) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < isrc.size(); ++i) {
        bool const letter_allowed = i < 5;
        bool const digit_allowed = i >= 2;
        if (!(letter_allowed && is_capital(isrc[i])) && !(digit_allowed && is_digit(isrc[i]))) {
            return std::nullopt;
        }
    }
    return isrc;
}

std::optional<std::string> normalised_upc(std::string_view text) {
    std::string digits;
    for (char const letter : text) {
        if (is_digit(letter)) {
            digits += letter;
        } else if (letter != '-' && letter != ' ') {
            return std::nullopt;
        }
    }
    if (digits.size() == 12) {
        digits.insert(digits.begin(), '0');
    }
    if (digits.size() != 13) {
        return std::nullopt;
    }
    int sum = 0; // weights 1, 3, 1, ... over all 13 digits; a valid number gives a multiple of ten
    for (std::size_t i = 0; i < digits.size(); ++i) {
        sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
    }
    return sum % 10 == 0 ? std::optional(digits) : std::nullopt;
}

} // namespace stemlathe

namespace stemlathe::formats {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
    char32_t letter;
    std::size_t bytes;
    bool valid;
};

/// The first letter of `text` (RFC 3629: no surrogates, no overlong forms).
Decoded first_letter(std::string_view text) noexcept {
    auto const lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) {
        return {lead, 1, true};
    }
    std::size_t const length = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : 2);
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return {kReplacement, 1, false};
    }
    char32_t letter = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        auto const next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0U) != 0x80) {
            return {kReplacement, 1, false};
        }
        letter = (letter << 6U) | (next & 0x3FU);
    }
    constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
    bool const surrogate = letter >= 0xD800 && letter <= 0xDFFF;
    if (letter < kSmallest[length] || letter > 0x10FFFF || surrogate) {
        return {kReplacement, 1, false};
    }
    return {letter, length, true};
}

template <typename Visit>
void for_each_letter(std::string_view utf8, Visit visit) {
    while (!utf8.empty()) {
        Decoded const decoded = first_letter(utf8);
        visit(decoded);
        utf8.remove_prefix(decoded.bytes);
    }
}

bool is_control(unsigned char letter) noexcept {
    return letter < 0x20 || letter == 0x7F;
}

} // namespace

std::string as_utf8(std::string_view text) {
    text = text.substr(0, text.find('\0'));
    bool valid = true;
    for_each_letter(text, [&](Decoded const& decoded) { valid = valid && decoded.valid; });
    std::string result;
    for (char const letter : text) {
        auto const value = static_cast<unsigned char>(letter);
        if (is_control(value)) {
            result += ' ';
        } else if (valid || value < 0x80) {
            result += letter;
        } else {
            result += static_cast<char>(0xC0U | (value >> 6U));
            result += static_cast<char>(0x80U | (value & 0x3FU));
        }
    }
    result.erase(result.find_last_not_of(' ') + 1);
    return result;
}

std::string as_ascii(std::string_view utf8) {
    // The letters U+00C0 to U+00FF without their accents.
    constexpr std::string_view kPlain =
        "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";
    static_assert(kPlain.size() == 64);
    constexpr char32_t kSharpS = 0xDF;
    std::string result;
    for_each_letter(utf8, [&](Decoded const& decoded) {
        if (decoded.letter == kSharpS) {
            result += "ss";
        } else if (decoded.letter < 0x80) {
            auto const letter = static_cast<unsigned char>(decoded.letter);
            result += is_control(letter) ? ' ' : static_cast<char>(letter);
        } else if (decoded.letter >= 0xC0 && decoded.letter <= 0xFF) {
            result += kPlain[decoded.letter - 0xC0];
        } else {
            result += '?';
        }
    });
    return result;
}

std::u16string as_utf16(std::string_view utf8) {
    std::u16string result;
    for_each_letter(utf8, [&](Decoded const& decoded) {
        if (decoded.letter < 0x10000) {
            result += static_cast<char16_t>(decoded.letter);
        } else {
            char32_t const offset = decoded.letter - 0x10000;
            result += static_cast<char16_t>(0xD800 + (offset >> 10U));
            result += static_cast<char16_t>(0xDC00 + (offset & 0x3FFU));
        }
    });
    return result;
}

bool is_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char letter) {
        return static_cast<unsigned char>(letter) < 0x80;
    });
}

std::string as_xml(std::string_view utf8) {
    std::string result;
    for (char const letter : as_utf8(utf8)) {
        switch (letter) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        default:
            result += letter;
        }
    }
    return result;
}

} // namespace stemlathe::formats
