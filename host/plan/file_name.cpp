#include "host/plan/file_name.hpp"

#include "host/toml/nearest_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace stemlathe {

namespace {

constexpr std::size_t kPatternLetters = 160;

constexpr std::array<std::string_view, 13> kPlaceholders{
    "artist",
    "title",
    "version",
    "album",
    "profile",
    "stem",
    "track",
    "isrc",
    "upc",
    "date",
    "rate",
    "bits",
    "format"};

constexpr bool joins_words(char c) noexcept {
    return c == '-' || c == '_';
}

bool is_name_letter(char c) noexcept {
    return joins_words(c) || (static_cast<unsigned char>(c) < 0x80 &&
                              std::isalnum(static_cast<unsigned char>(c)) != 0);
}

std::string letter_complaint(char c) {
    if (c == '/' || c == '\\') {
        return "holds a slash; it names a file, and the folder is always masters/<delivery>";
    }
    if (c == '.') {
        return "holds a dot; the extension comes from the container";
    }
    if (c == '}') {
        return "closes a brace that was never opened";
    }
    std::string const shown = std::isprint(static_cast<unsigned char>(c)) != 0
                                  ? fmt::format("'{}'", c)
                                  : std::string{"a letter"};
    return fmt::format(
        "holds {} that not every plant, shop and file system takes; use letters, digits, - and _",
        shown
    );
}

} // namespace

std::string file_name_complaint(std::string_view pattern) {
    if (pattern.empty() || pattern.size() > kPatternLetters) {
        return fmt::format("has {} letters; it must have 1 to {}", pattern.size(), kPatternLetters);
    }
    bool has_placeholder = false;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] != '{') {
            if (!is_name_letter(pattern[at])) {
                return letter_complaint(pattern[at]);
            }
            continue;
        }
        auto const end = pattern.find('}', at);
        if (end == std::string_view::npos) {
            return "opens a brace that is never closed";
        }
        auto const name = pattern.substr(at + 1, end - at - 1);
        if (std::ranges::find(kPlaceholders, name) == kPlaceholders.end()) {
            return fmt::format(
                "holds {{{}}}, which stemlathe does not know{}",
                name,
                suggestion(name, kPlaceholders)
            );
        }
        has_placeholder = true;
        at = end;
    }
    return has_placeholder ? ""
                           : "names every song the same; put a placeholder in, for example {title}";
}

std::string filled_file_name(
    std::string_view pattern, std::function<std::string(std::string_view)> const& value
) {
    std::string name;
    bool was_empty = false;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] != '{') {
            if (!was_empty || !joins_words(pattern[at])) {
                name += pattern[at];
            }
            was_empty = false;
            continue;
        }
        auto const end = pattern.find('}', at);
        auto const text = value(pattern.substr(at + 1, end - at - 1));
        name += text;
        was_empty = text.empty();
        at = end;
    }
    auto const first = name.find_first_not_of("-_");
    if (first == std::string::npos) {
        return {};
    }
    return name.substr(first, name.find_last_not_of("-_") + 1 - first);
}

} // namespace stemlathe
