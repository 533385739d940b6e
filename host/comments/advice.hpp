#pragma once

#include "host/comments/comment.hpp"
#include "host/masking/masking_reading.hpp"
#include "host/model/session.hpp"

#include <optional>
#include <span>
#include <string>

namespace stemlathe {

/// What one remark comes to: a proposal, a note, or neither where the words ask for nothing.
struct Answer {
    std::optional<CommentProposal> proposal = std::nullopt;
    std::string note{};
};

/// Holds the words of a remark against its measurements; see `propose`.
[[nodiscard]] Answer
advise(CommentReading const& reading, std::span<Stem const> stems, MaskingReading const* masking);

} // namespace stemlathe
