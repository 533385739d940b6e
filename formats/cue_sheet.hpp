#pragma once

#include <string>
#include <vector>

namespace stemlathe {

/// One track of several. Times are "mm:ss:ff" in the file, 75 frames to a second.
struct CueTrack {
    std::string title{};
    std::string performer{};
    std::string isrc{};   ///< may be empty
    std::string pregap{}; ///< INDEX 00, where its gap begins; empty: it has none
    std::string start = "00:00:00";
};

/// A disc in one file. Texts are UTF-8; a sheet is plain ASCII, which every CD tool reads.
struct CueSheet {
    std::string wave_file{}; ///< file name without folders
    std::string title{};
    std::string performer{};
    std::string isrc{}; ///< may be empty
    std::string upc{};  ///< UPC or EAN, may be empty
    /// Empty: one track, which is the whole file and has the title, performer and ISRC above.
    std::vector<CueTrack> tracks{};
};

/// The text of the CUE file, lines ended by CR LF: CATALOG, PERFORMER and TITLE for the disc and
/// for each track, FILE, TRACK 01 AUDIO, ISRC, INDEX 00 and INDEX 01. Empty fields are left out.
/// @throws Failure{invalid_session} the ISRC or the UPC is none
[[nodiscard]] std::string cue_text(CueSheet const& sheet);

} // namespace stemlathe
