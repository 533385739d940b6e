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

std::string track_text(int number, CueTrack const& track) {
    std::string cue = fmt::format("  TRACK {:02} AUDIO\r\n", number);
    cue += line("    ", "TITLE", track.title) + line("    ", "PERFORMER", track.performer);
    if (!track.isrc.empty()) {
        auto const isrc = normalised_isrc(track.isrc);
        if (!isrc) {
            throw Failure{
                Code::invalid_session,
                fmt::format(
                    "isrc is {}; it must be like GBAYE6800011: two letters, three letters or "
                    "digits, seven digits",
                    track.isrc
                )}
                .about_key("isrc");
        }
        cue += fmt::format("    ISRC {}\r\n", *isrc);
    }
    if (!track.pregap.empty()) {
        cue += fmt::format("    INDEX 00 {}\r\n", track.pregap);
    }
    return cue + fmt::format("    INDEX 01 {}\r\n", track.start);
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
    cue += fmt::format("FILE \"{}\" WAVE\r\n", sheet.wave_file);
    if (sheet.tracks.empty()) {
        return cue + track_text(
                         1,
                         {.title = sheet.title,
                          .performer = sheet.performer,
                          .isrc = sheet.isrc,
                          .pregap = {}}
                     );
    }
    int number = 0;
    for (auto const& track : sheet.tracks) {
        cue += track_text(++number, track);
    }
    return cue;
}

} // namespace stemlathe
