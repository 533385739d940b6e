#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Private to host/report: the pieces report.html is made of.
namespace stemlathe::html {

/// Text for an element's content or a quoted attribute. Nothing in it can open a tag or end a
/// quote; control characters become spaces.
[[nodiscard]] std::string escaped(std::string_view text);

/// A figure with a true minus sign, "−14.0", or a dash where there is none.
[[nodiscard]] std::string figure(std::optional<double> value, int decimals = 1);

/// "3:07" or "1:02:03".
[[nodiscard]] std::string clock(double seconds);

/// "48 kHz", "44.1 kHz", "120 Hz".
[[nodiscard]] std::string frequency(double hz);

/// "17.3 MB", decimal units.
[[nodiscard]] std::string size(double bytes);

} // namespace stemlathe::html
