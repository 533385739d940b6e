#pragma once

#include "host/album/album_songs.hpp"
#include "host/output/output_folder.hpp"
#include "host/qc/sheet.hpp"

#include <vector>

namespace stemlathe {

/// The quality-control sheets of an album's own packages, `masters/<delivery>`: one for the disc,
/// one for all sides of the record. How each song was made stands in the songs' own sheets.
/// @param songs  mastered; what intake warned of stands in the sheets
[[nodiscard]] std::vector<QcSheet>
album_sheets(AlbumReport const& report, std::vector<MasteredSong> const& songs, OutputFolder& out);

} // namespace stemlathe
