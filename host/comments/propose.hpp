#pragma once

#include "host/comments/comment.hpp"
#include "host/masking/masking_reading.hpp"
#include "host/model/session.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// Limits of what a remark may lead to. Our choice: audible, and nothing that a client who meant
/// something else could be hurt by.
inline constexpr double kLoud_db_min = 1.5;  ///< over or under the median, for words about levels
inline constexpr double kCut_db_max = 4.0;   ///< of a band
inline constexpr double kBoost_db_max = 2.0; ///< of a band or a stem
inline constexpr double kDown_db_max = 3.0;  ///< of a stem
inline constexpr double kRegionFade_s = 0.05;

/// Where the words of a remark and its measurements agree, gives it a proposal that takes back half
/// of what sticks out or lacks, in steps of 0.5 dB; where the words ask for something and the
/// numbers do not show it, a note that says what they show. Overlapping remarks that ask for the
/// same lead to one proposal. What was proposed before is forgotten.
/// @param masking  nullptr where nothing was analysed
void propose(
    std::vector<CommentReading>& readings,
    std::span<Stem const> stems,
    MaskingReading const* masking
);

/// Puts the proposals into the plan as regions of their stems, and marks them as applied. A stem
/// that the plan has no words of its own for gets them, with what the plan says for it so far. A
/// region that is there already is not added again.
void apply_proposals(
    MasteringPlan& plan, std::vector<CommentReading>& readings, Session const& session
);

} // namespace stemlathe
