#pragma once

#include "host/model/session.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace stemlathe {

/// Limits of comments.txt; beyond them the rest is left out, and a finding says so.
inline constexpr std::size_t kComments_file_bytes_max = 64U << 10U;
inline constexpr std::size_t kComment_line_bytes_max = 4U << 10U;
inline constexpr std::size_t kCommentsMax = 1000;

struct ParsedComments {
    std::vector<Comment> comments{}; ///< in the order of the lines
    std::vector<Finding> findings{}; ///< code `comment`, at most kCommentFindingsMax and one more
};

inline constexpr std::size_t kCommentFindingsMax = 20;

/// Reads comments.txt: UTF-8 with or without byte order mark, lines that end in LF, CRLF or CR. One
/// remark per line; blank lines and lines that begin with # are skipped. Times as moments_in finds
/// them, stems as stem_named_in finds them among the session's. A line without a time is about the
/// whole song; so is one whose time cannot be used (behind the song's end, counted in frames),
/// which keeps its time in its text. Any bytes are an input: nothing is thrown.
[[nodiscard]] ParsedComments parse_comments(std::string_view text, Session const& session);

} // namespace stemlathe
