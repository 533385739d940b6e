#pragma once

#include "host/album/album.hpp"
#include "host/album/album_report.hpp"
#include "host/pipeline/master.hpp"
#include "host/profiles/catalogue.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace stemlathe {

struct AlbumJob {
    Album album{};
    std::filesystem::path out{};
    MasteringPlan plan{};               ///< for every song; empty: everything automatic
    std::vector<std::string> deliver{}; ///< profile or delivery names; empty: the plan's, else the
                                        ///< default set
    VersionWish versions{};             ///< of every song
    ProfileCatalogue profiles{};
    bool apply_comments = false;
    bool force = false;
};

/// Masters every song of an album, song by song as `master` does, into OUT/songs/NN-Name; at one
/// loudness for the album or for each song (album.toml). Then, where a CD was asked for, one image
/// of the disc with its CUE sheet; where vinyl was, a file and a PQ sheet per side; and album.json.
/// Everything appears in OUT at the end, or nothing does.
/// @throws as `master`, naming the song
[[nodiscard]] AlbumReport master_album(AlbumJob const& job, Backend& backend, Run& run);

} // namespace stemlathe
