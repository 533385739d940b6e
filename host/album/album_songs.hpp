#pragma once

#include "host/album/master_album.hpp"
#include "host/output/output_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stemlathe {

/// A song as far as its album needs to know it.
struct MasteredSong {
    Session session{};
    std::int64_t frames = 0; ///< at session.rate_hz
    MasteringReport report{};
    std::filesystem::path folder{}; ///< where its results are staged
    AlbumSongReport summary{};
};

/// The song's master of the album's n-th delivery; behind each of them lie its versions.
[[nodiscard]] DeliveryReport const& master_of(MasteringReport const& report, std::size_t delivery);

/// Surveys all songs, then masters them at the levels that the album wants; where a song cannot be
/// as loud as that, the whole album steps back, so that the songs keep their distances.
/// @param steps_back  gets what was given up
[[nodiscard]] std::vector<MasteredSong> master_songs(
    AlbumJob const& job,
    OutputFolder& out,
    std::vector<AlbumReport::StepBack>& steps_back,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
