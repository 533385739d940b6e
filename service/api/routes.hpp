#pragma once

#include "service/api/router.hpp"

#include <span>

namespace stemlathe::service {

/// The whole API as one table.
[[nodiscard]] std::span<Route const> api_routes() noexcept;

} // namespace stemlathe::service
