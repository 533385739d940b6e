#pragma once

#include <string>
#include <string_view>

namespace stemlathe::service {

/// `text` as a JSON string, with its quotes (RFC 8259, 7).
[[nodiscard]] std::string json_quote(std::string_view text);

} // namespace stemlathe::service
