#pragma once

#include "kernels/base/failure.hpp"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace stemlathe {

/// "cannot <action> <path>: <why>; <what to do>", as storage_full where room is short, else
/// storage_failed.
[[nodiscard]] Failure storage_error(
    std::error_code const& error, std::string_view action, std::filesystem::path const& path
);

} // namespace stemlathe
