#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <string_view>

namespace stemlathe::service {

enum class LogLevel : std::uint8_t { info, warning, error };

/// One line of JSON on stderr: {"at", "level", "event", ...fields}, units in the keys. From any
/// thread. Never a header, a token or a query string: who logs picks what is in `fields`.
void log(LogLevel level, std::string_view event, boost::json::object const& fields = {});

} // namespace stemlathe::service
