#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// A stretch of one stem that a version is silent in.
struct VersionMute {
    std::string stem{};    ///< a file name or a role
    double start_s = 0.0;  ///< of the song; all of [start, end] is silent
    double end_s = 0.0;    ///< after start
    double fade_s = 0.005; ///< raised cosines, outside of the stretch

    friend bool operator==(VersionMute const&, VersionMute const&) = default;
};

/// What becomes of a version whose own peaks pass a delivery's limit. Its gains are the master's,
/// which only know the peaks of the whole mix.
enum class VersionPeaks {
    exact, ///< nothing, so that versions add up to the master; the report says by how much
    trim,  ///< the whole file is lowered by a constant until it meets the limit
};

/// A mix of some of a session's stems with all the gains of the main master.
struct VersionPlan {
    std::string name{};
    std::vector<std::string> stems{}; ///< roles, file names or "*"; empty: what the name stands for
    std::vector<VersionMute> mute{};
    std::string isrc{}; ///< a version is a recording of its own; empty: none
    VersionPeaks peaks = VersionPeaks::exact;

    friend bool operator==(VersionPlan const&, VersionPlan const&) = default;
};

/// What a job is asked for.
struct VersionWish {
    std::vector<std::string> names{};                 ///< empty: the plan's versions
    std::optional<VersionPeaks> peaks = std::nullopt; ///< nullopt: as each version says
};

/// Lead or backing, for vocals.
enum class VocalPart { lead, backing };

} // namespace stemlathe
