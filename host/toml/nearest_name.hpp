#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stemlathe {

/// The allowed name that `wrong` most likely meant (least edit distance), or "" if none is near.
[[nodiscard]] std::string_view
nearest_name(std::string_view wrong, std::span<std::string_view const> allowed);

/// "; did you mean \"x\"?" or "; it must be one of: a, b, c".
[[nodiscard]] std::string
suggestion(std::string_view wrong, std::span<std::string_view const> allowed);

} // namespace stemlathe
