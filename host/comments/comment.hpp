#pragma once

#include "host/model/comment.hpp"
#include "host/model/plan.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// A level of one stem at the moment against the same over the whole song.
struct StemLevelAtMoment {
    std::string stem{};
    std::optional<double> level_lufs = std::nullopt;        ///< K-weighted, mean over the moment
    std::optional<double> against_median_db = std::nullopt; ///< its own median while it plays
};

/// How far a band of one stem sticks out at the moment.
struct BandAtMoment {
    std::string stem{};
    std::string band{}; ///< "low", "low-mid", "mid", "presence", "sibilance", "air"
    double low_hz = 0.0;
    double high_hz = 0.0;
    double excess_db = 0.0;    ///< over the stem's median in that band, its overall level taken off
    double over_stem_db = 0.0; ///< level in that band over the stem's whole level
    double share = 0.0;        ///< of all stems' power in that band, 0 .. 1
};

struct CommentMeasurements {
    std::vector<StemLevelAtMoment> stem_levels{};
    std::vector<BandAtMoment>
        band_excess{}; ///< of the stem it is about, else of all, largest first
    std::optional<double> sibilance_db =
        std::nullopt; ///< 5..9 kHz over 1..4 kHz against the median
    std::optional<double> gain_reduction_db = std::nullopt; ///< largest of any delivery's limiter
    std::vector<std::size_t> masking_findings{}; ///< indices of MaskingReading::findings there
    double from_s = 0.0; ///< the stretch that was measured; 0, 0 where nothing was
    double to_s = 0.0;
    std::string sibilance_stem{}; ///< whose: of the stem it is about, else the voice, else any
    std::optional<double> sibilant_from_s = std::nullopt; ///< where in a moment it sticks out
    std::optional<double> sibilant_to_s = std::nullopt;
};

/// What could be done; a region of a stem's plan.
struct CommentProposal {
    std::string stem{}; ///< file name
    RegionPlan region{};
    std::string reason{}; ///< a sentence with the numbers that the words agree with
    bool applied = false; ///< --apply-comments
};

struct CommentReading {
    Comment comment{};
    CommentMeasurements measurements{};
    std::optional<CommentProposal> proposal = std::nullopt;
    std::string note{}; ///< why there is no proposal, where the words ask for one
};

} // namespace stemlathe
