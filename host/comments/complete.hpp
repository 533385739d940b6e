#pragma once

#include "host/comments/comment.hpp"
#include "host/report/report.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// Fills `level_lufs` of the moments: the mean power of StemReading::level_lufs, which begins at
/// `start_s` of the song.
void add_levels(
    std::vector<CommentReading>& readings, std::span<StemReading const> stems, double start_s
);

/// Fills `masking_findings`: those that overlap the measured stretch and, where the remark is about
/// one stem, concern it.
void add_masking(std::vector<CommentReading>& readings, MaskingReading const& masking);

/// Fills `gain_reduction_db`: the largest of any delivery's limiter. Traces begin at `start_s`.
void add_gain_reduction(
    std::vector<CommentReading>& readings,
    std::span<DeliveryReport const> deliveries,
    double start_s
);

/// All of these, as far as the report has them; its preview says where its traces begin. May be
/// called again when there is more.
void complete(std::vector<CommentReading>& readings, MasteringReport const& report);

} // namespace stemlathe
