#pragma once

#include "service/api/document.hpp"

#include <string>

namespace stemlathe::service {

/// Reads the key "deliveries", a list of profile names, and checks that each profile exists.
/// @returns a JSON list; empty: the default set
[[nodiscard]] std::string deliveries_wanted(DocumentReader& reader);

} // namespace stemlathe::service
