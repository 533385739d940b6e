#include "host/album/cd_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stemlathe {

namespace {

std::int64_t sectors_for(std::int64_t frames) {
    return (frames + kSector_frames - 1) / kSector_frames;
}

} // namespace

CdLayout lay_out_cd(std::span<std::int64_t const> frames, std::span<double const> gaps_s) {
    CdLayout layout;
    std::int64_t at_frame = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        CdTrack track{.frames = frames[i]};
        if (i > 0 && gaps_s[i] > 0.0) {
            auto const gap = std::llround(gaps_s[i] * static_cast<double>(kSectors_per_second));
            track.pregap_sector = sectors_for(at_frame);
            track.start_sector = *track.pregap_sector + std::max<std::int64_t>(gap, 1);
            at_frame = track.start_sector * kSector_frames;
        } else {
            track.start_sector = at_frame / kSector_frames;
        }
        track.from_frame = at_frame;
        at_frame += frames[i];
        layout.tracks.push_back(track);
    }
    layout.sectors = sectors_for(at_frame);
    return layout;
}

std::string sector_time(std::int64_t sector) {
    auto const seconds = sector / kSectors_per_second;
    return fmt::format(
        "{:02}:{:02}:{:02}", seconds / 60, seconds % 60, sector % kSectors_per_second
    );
}

} // namespace stemlathe
