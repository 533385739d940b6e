#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace stemlathe {

/// How this program prints JSON: indented by two, lists of plain values on one line, numbers in
/// their shortest form (-14.02, never -1.402E1), a line break at the end.
[[nodiscard]] std::string json_text(boost::json::value const& value);

/// A number rounded to `decimals`, or null where there is none or it is not finite.
[[nodiscard]] boost::json::value rounded(std::optional<double> number, int decimals);

/// A text, or null where it is empty.
[[nodiscard]] boost::json::value text_or_null(std::string const& text);

} // namespace stemlathe
