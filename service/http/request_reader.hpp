#pragma once

#include "service/http/policy.hpp"

#include <optional>
#include <string_view>

namespace stemlathe::service {

/// Reads the fields of a head that check_head() let in, by Beast's parser: a second reader, written
/// by others. A request is served only if both saw the same one.
/// @returns nothing where they differ
[[nodiscard]] std::optional<Fields> read_fields(std::string_view head, HeadFacts const& facts);

} // namespace stemlathe::service
