#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stemlathe::intake {

/// "1 sample", "12 samples".
[[nodiscard]] std::string counted(std::int64_t count, std::string_view noun);

/// "at 1.25 s" for one place, "in 12 places, the first at 1.25 s" for more.
[[nodiscard]] std::string in_places(std::int64_t count, double first_s);

} // namespace stemlathe::intake
