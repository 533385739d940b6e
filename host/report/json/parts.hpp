#pragma once

#include "host/comments/comment.hpp"
#include "host/masking/masking_reading.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <vector>

/// Private to host/report: the larger parts of report.json; contract section 3.
namespace stemlathe {

/// Key "masking"; null where nothing was analysed. The maps and pictures are for eyes only.
[[nodiscard]] boost::json::value masking_value(std::optional<MaskingReading> const& masking);

/// Key "comments"; null where none were looked for.
[[nodiscard]] boost::json::value
comments_value(std::optional<std::vector<CommentReading>> const& comments);

} // namespace stemlathe
