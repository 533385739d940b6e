#pragma once

#include "host/album/album_songs.hpp"
#include "host/output/output_folder.hpp"

#include <vector>

namespace stemlathe {

/// The files that hold several songs: a CD image with its CUE sheet for each delivery that is a CD,
/// a WAV and a PQ sheet per side for each that is vinyl. Measured from the disk, like everything.
/// @param songs  mastered; their files are joined sample by sample as they are
[[nodiscard]] std::vector<AlbumFile> album_files(
    AlbumReport const& report, std::vector<MasteredSong> const& songs, OutputFolder& out, Run& run
);

} // namespace stemlathe
