#include "service/http/target.hpp"

#include "host/utf8.hpp"
#include "service/http/characters.hpp"

#include <algorithm>

namespace stemlathe::service {

namespace {

using Part = bool (*)(char c);

/// RFC 3986, 3.3: pchar and "/".
bool is_of_path(char c) noexcept {
    return is_alphanumeric(c) ||
           std::string_view{"-._~!$&'()*+,;=:@/"}.find(c) != std::string_view::npos;
}

/// What browsers leave as it is in a query (WHATWG URL: query percent-encode set).
bool is_of_query(char c) noexcept {
    return c > ' ' && c < '\x7F' && std::string_view{"\"#<>"}.find(c) == std::string_view::npos;
}

int hexadecimal(char c) noexcept {
    if (is_digit(c)) {
        return c - '0';
    }
    char const letter = lower_case(c);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// @param plain  what may stand without being escaped
std::optional<std::string> decoded(std::string_view text, Part plain) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            int const high = i + 2 < text.size() ? hexadecimal(text[i + 1]) : -1;
            int const low = high >= 0 ? hexadecimal(text[i + 2]) : -1;
            if (low < 0) {
                return std::nullopt;
            }
            c = static_cast<char>(high * 16 + low);
            i += 2;
            if (is_control(c)) {
                return std::nullopt;
            }
        } else if (!plain(c)) {
            return std::nullopt;
        }
        result += c;
    }
    return valid_utf8(result) == result ? std::optional{result} : std::nullopt;
}

std::optional<std::string> decoded_path(std::string_view text) {
    std::string path;
    while (!text.empty()) {
        text.remove_prefix(1); // the slash
        auto const end = std::min(text.find('/'), text.size());
        auto const segment = decoded(text.substr(0, end), is_of_path);
        bool const is_last = end == text.size();
        if (!segment || *segment == "." || *segment == ".." || (segment->empty() && !is_last) ||
            segment->find_first_of("/\\") != std::string::npos) {
            return std::nullopt;
        }
        path += '/' + *segment;
        text.remove_prefix(end);
    }
    return path;
}

std::optional<std::string> decoded_word(std::string_view text) {
    std::string spaced{text};
    std::ranges::replace(spaced, '+', ' ');
    return decoded(spaced, [](char c) { return c == ' ' || is_of_query(c); });
}

bool read_query(std::string_view text, Target& target) {
    while (!text.empty()) {
        auto const end = std::min(text.find('&'), text.size());
        auto const pair = text.substr(0, end);
        auto const equals = std::min(pair.find('='), pair.size());
        auto const name = decoded_word(pair.substr(0, equals));
        auto const value = decoded_word(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value) {
            return false;
        }
        if (!name->empty()) {
            target.query.insert_or_assign(*name, *value);
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

} // namespace

std::optional<Target> parse_target(std::string_view target) {
    auto const question = std::min(target.find('?'), target.size());
    auto path = decoded_path(target.substr(0, question));
    Target result;
    if (!target.starts_with('/') || !path ||
        !read_query(target.substr(std::min(question + 1, target.size())), result)) {
        return std::nullopt;
    }
    result.path = std::move(*path);
    return result;
}

} // namespace stemlathe::service
