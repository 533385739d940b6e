#pragma once

#include "formats/media.hpp"
#include "host/model/session.hpp"

#include <string>
#include <vector>

namespace stemlathe {

/// What a readable file's header says against it: `channel_count` and a rate that is not among
/// ours (`unreadable`), which refuse it, then `wrong_content` (refused where it is lossy),
/// `low_bit_depth`, `streaming_header`.
[[nodiscard]] std::vector<Finding> media_findings(MediaInfo const& media, std::string const& file);

/// Why a file cannot be read at all: `empty`, `truncated` or `unreadable`.
[[nodiscard]] Finding finding_of(MediaFailure const& failure, std::string const& file);

} // namespace stemlathe
