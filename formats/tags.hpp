#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace stemlathe {

/// What a player needs to level a track, as measured from the decoded file.
struct ReplayGain {
    double integrated_lufs = 0.0;
    double true_peak = 0.0; ///< linear, 1.0 = full scale
};

/// What a delivered file says about the music. UTF-8; empty fields are not written.
struct Tags {
    std::string title{};
    std::string artist{};
    std::string album{};
    std::string date{}; ///< yyyy or yyyy-mm-dd
    std::string genre{};
    std::string isrc{};
    std::string upc{}; ///< 13 digits
    std::optional<ReplayGain> replay_gain{};

    [[nodiscard]] bool empty() const noexcept {
        return title.empty() && artist.empty() && album.empty() && date.empty() && genre.empty() &&
               isrc.empty() && upc.empty() && !replay_gain;
    }
};

/// Replaces the tags of a finished FLAC, MP3, Vorbis or Opus file; the audio stays as it is.
/// Figures that are measured from the file itself are added this way.
///  - FLAC and Vorbis: TITLE, ARTIST, ALBUM, DATE, GENRE, ISRC, BARCODE (the UPC),
///    REPLAYGAIN_TRACK_GAIN, _PEAK and _REFERENCE_LOUDNESS (ReplayGain 2.0: gain = -18 -
///    integrated)
///  - Opus: R128_TRACK_GAIN = 256 * (-23 - integrated) (RFC 7845 section 5.2.1) instead of those
///  - MP3: ID3v2.3 TIT2, TPE1, TALB, TYER and TDAT, TCON, TSRC, TXXX:BARCODE, TXXX:REPLAYGAIN_*
/// @throws Failure{unreadable} none of these kinds, or damaged; {storage_full, storage_failed}
void replace_tags(std::filesystem::path const& path, Tags const& tags);

} // namespace stemlathe
