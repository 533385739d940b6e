#pragma once

#include <cstddef>
#include <string_view>

namespace stemlathe::service {

inline constexpr std::size_t kFilenameBytesMax = 200;

/// A name that is safe as one file in a job's folder and readable in a report: UTF-8, 1 to 200
/// bytes, no slash, no control character, no direction marks, and not "." or "..".
[[nodiscard]] bool is_plain_filename(std::string_view name) noexcept;

} // namespace stemlathe::service
