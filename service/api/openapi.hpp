#pragma once

#include <string_view>

namespace stemlathe::service {

/// The description of the API, OpenAPI 3.1: api/openapi.json, built into the program.
[[nodiscard]] std::string_view openapi_json() noexcept;

} // namespace stemlathe::service
