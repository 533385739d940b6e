#pragma once

#include <string>

namespace stemlathe {

/// A disc of one track. Texts are UTF-8; a sheet is plain ASCII, which every CD tool reads.
struct CueSheet {
    std::string wave_file{}; ///< file name without folders
    std::string title{};
    std::string performer{};
    std::string isrc{}; ///< may be empty
    std::string upc{};  ///< UPC or EAN, may be empty
};

/// The text of the CUE file, lines ended by CR LF: CATALOG, PERFORMER and TITLE for the disc and
/// for the track, FILE, TRACK 01 AUDIO, ISRC, INDEX 01 00:00:00. Empty fields are left out.
/// @throws Failure{invalid_session} the ISRC or the UPC is none
[[nodiscard]] std::string cue_text(CueSheet const& sheet);

} // namespace stemlathe
