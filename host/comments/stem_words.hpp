#pragma once

#include "host/model/session.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// The words of a sentence, lower case, in order: letters and digits, an apostrophe inside a word
/// left out ("can't" -> "cant"). Letters beyond ASCII count as letters.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// Indices of the stems that a remark names, rising. A stem's own label ("LeadGuitar", "lead
/// guitar") wins; then words for its role ("snare", "vox", "808"), where several stems share the
/// role those that another word of their label speaks for ("backing vocals"). Words for a role that
/// no stem has say nothing.
[[nodiscard]] std::vector<std::size_t>
stems_named_in(std::string_view text, std::span<Stem const> stems);

/// The one stem that a remark names, or empty where it names none or several.
[[nodiscard]] std::string stem_named_in(std::string_view text, std::span<Stem const> stems);

} // namespace stemlathe
