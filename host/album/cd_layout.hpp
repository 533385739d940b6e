#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// 1/75 s of an audio disc. Source: IEC 60908.
inline constexpr std::int64_t kSector_frames = 588;
inline constexpr std::int64_t kSectors_per_second = 75;

/// Where a song lies in a disc's image. A track begins on a sector; its audio may begin later in
/// that sector where it follows the former song without a gap.
struct CdTrack {
    std::optional<std::int64_t> pregap_sector = std::nullopt; ///< INDEX 00: its gap begins
    std::int64_t start_sector = 0;                            ///< INDEX 01
    std::int64_t from_frame = 0; ///< of the image: the song's first sample
    std::int64_t frames = 0;

    friend bool operator==(CdTrack const&, CdTrack const&) = default;
};

struct CdLayout {
    std::vector<CdTrack> tracks{};
    std::int64_t sectors = 0; ///< of the whole image
};

/// Lays songs out on a disc. A song with a gap before it begins on a sector, gap and remainder are
/// silence; one without a gap follows sample by sample, and its boundary moves back to the sector
/// in which it begins. Only the last sector is filled up.
/// @param frames  of each song at 44.1 kHz, without padding; at least 1
/// @param gaps_s  before each song; the first one's is not used
[[nodiscard]] CdLayout
lay_out_cd(std::span<std::int64_t const> frames, std::span<double const> gaps_s);

/// "mm:ss:ff", as CUE and PQ sheets have it.
[[nodiscard]] std::string sector_time(std::int64_t sector);

} // namespace stemlathe
