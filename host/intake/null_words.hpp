#pragma once

#include "host/intake/null_reading.hpp"

#include <optional>
#include <string>

namespace stemlathe {

/// The null test in one sentence, for people; empty where there was none.
[[nodiscard]] std::string null_words(std::optional<NullReading> const& reading);

} // namespace stemlathe
