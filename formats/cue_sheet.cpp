#include "formats/cue_sheet.hpp"

#include "formats/text.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace stemlathe {

namespace {

/// CUE knows no escape for a quote, and at most 80 letters per CD-Text field.
std::string in_quotes(std::string_view utf8) {
    constexpr std::size_t kLettersMax = 80;
    std::string text = formats::as_ascii(utf8).substr(0, kLettersMax);
    std::replace(text.begin(), text.end(), '"', '\'');
    return '"' + text + '"';
}

std::string line(std::string_view indent, std::string_view key, std::string const& text) {
    return text.empty() ? std::string() : fmt::format("{}{} {}\r\n", indent, key, in_quotes(text));
}

} // namespace

std::string cue_text(CueSheet const& sheet) {
    std::string cue;
    if (!sheet.upc.empty()) {
        auto const upc = normalised_upc(sheet.upc);
        if (!upc) {
            throw Failure{
                Code::invalid_session,
                fmt::format(
                    "upc is {}; it must be 12 or 13 digits of which the last is the check digit",
                    sheet.upc
                )}
                .about_key("upc");
        }
        cue += fmt::format("CATALOG {}\r\n", *upc);
    }
    cue += line("", "PERFORMER", sheet.performer) + line("", "TITLE", sheet.title);
    // The file's name is not CD-Text: it is kept to the letter, or nobody would find the file.
    cue += fmt::format("FILE \"{}\" WAVE\r\n  TRACK 01 AUDIO\r\n", sheet.wave_file);
    cue += line("    ", "TITLE", sheet.title) + line("    ", "PERFORMER", sheet.performer);
    if (!sheet.isrc.empty()) {
        auto const isrc = normalised_isrc(sheet.isrc);
        if (!isrc) {
            throw Failure{
                Code::invalid_session,
                fmt::format(
                    "isrc is {}; it must be like GBAYE6800011: two letters, three letters or "
                    "digits, seven digits",
                    sheet.isrc
                )}
                .about_key("isrc");
        }
        cue += fmt::format("    ISRC {}\r\n", *isrc);
    }
    return cue + "    INDEX 01 00:00:00\r\n";
}

} // namespace stemlathe
