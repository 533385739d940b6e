#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// Red Book (IEC 60908): an audio disc has 1 to 99 tracks.
inline constexpr std::size_t kSongsMax = 99;

enum class AlbumLoudness {
    album, ///< the loudest song meets the profile, the others keep their distance to it
    track, ///< every song meets the profile by itself
};

/// One song of an album. What is empty comes from the song's session.toml.
struct AlbumSong {
    std::filesystem::path session{}; ///< its folder
    std::string title{};
    std::string artist{};
    std::string isrc{};
    double gap_s = 2.0;                     ///< silence before it; unused for the first of a side
    std::optional<int> side = std::nullopt; ///< of the record, 1 is A; nullopt: spread by length
};

/// What album.toml says.
struct Album {
    std::filesystem::path folder{};
    std::string title{};
    std::string artist{};
    std::string upc{};
    std::string date{};
    std::string genre{};
    AlbumLoudness loudness = AlbumLoudness::album;
    std::string side_format{};
    std::vector<AlbumSong> songs{}; ///< in order
};

/// Reads ALBUM_DIR/album.toml, schema stemlathe.album/1.
/// @throws Failure{not_found} no such folder or file; {invalid_session} unknown keys, values out of
/// range, sessions outside of the folder or named twice, sides that go back
[[nodiscard]] Album load_album(std::filesystem::path const& folder);

/// The same for a text. @param file  how complaints call it
[[nodiscard]] Album
parse_album(std::string_view text, std::string const& file, std::filesystem::path const& folder);

} // namespace stemlathe
