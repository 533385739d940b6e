#include "host/qc/md5_list.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe {

namespace {

constexpr std::size_t kDigits = 32;

bool is_hexadecimal(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

/// A line's end belongs to no name, nor what hides a name on a terminal.
bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        auto const code = static_cast<unsigned char>(c);
        return code < 0x20U || code == 0x7FU;
    });
}

Md5Line parse_line(std::string_view line, std::size_t number) {
    bool const is_line = line.size() > kDigits + 2 && line[kDigits] == ' ' &&
                         (line[kDigits + 1] == '*' || line[kDigits + 1] == ' ') &&
                         is_hexadecimal(line.substr(0, kDigits)) &&
                         !has_control_character(line.substr(kDigits));
    if (!is_line) {
        throw Failure{
            Code::unreadable,
            fmt::format(
                "line {} is no checksum; a line holds 32 hexadecimal digits, a space, a star and "
                "the file's name, without control characters",
                number
            )};
    }
    Md5Line out{
        .path = std::string{line.substr(kDigits + 2)}, .md5 = std::string{line.substr(0, kDigits)}};
    for (char& digit : out.md5) {
        digit = static_cast<char>(digit >= 'A' && digit <= 'F' ? digit - 'A' + 'a' : digit);
    }
    return out;
}

} // namespace

std::string md5_list(std::vector<Md5Line> const& lines) {
    std::string text;
    for (auto const& line : lines) {
        text += line.md5 + " *" + line.path + "\n";
    }
    return text;
}

std::vector<Md5Line> parse_md5_list(std::string_view text) {
    std::vector<Md5Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto const end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (!line.empty()) {
            lines.push_back(parse_line(line, number));
        }
    }
    return lines;
}

} // namespace stemlathe
