#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace stemlathe::html {

/// How a class of margins looks: by word, shape and colour, so that any one of them is enough.
struct SeverityLook {
    std::string_view word{};
    std::string_view style{}; ///< a class of the style sheet
    std::string_view shape{}; ///< a character
    std::string_view range{}; ///< "0 to 3 dB"
    double below_db = 0.0;    ///< margins below this, and not below that of the class before
};

/// Worst first. What lies above the last is clear.
inline constexpr std::array<SeverityLook, 5> kSeverities{{
    {.word = "masked", .style = "v1", .shape = "■", .range = "below 0 dB", .below_db = 0.0},
    {.word = "critical", .style = "v2", .shape = "◆", .range = "0 to 3 dB", .below_db = 3.0},
    {.word = "strong", .style = "v3", .shape = "▲", .range = "3 to 6 dB", .below_db = 6.0},
    {.word = "moderate", .style = "v4", .shape = "●", .range = "6 to 10 dB", .below_db = 10.0},
    {.word = "mild", .style = "v5", .shape = "○", .range = "10 to 15 dB", .below_db = 15.0},
}};

/// Class of a margin, 0 .. 4; 5 where it is clear. `margin_db` is a number.
[[nodiscard]] std::size_t severity_of(double margin_db) noexcept;

/// The look of a finding of that severity; the mildest one for a word of later versions.
[[nodiscard]] SeverityLook const& look_of(std::string_view word) noexcept;

/// Shape and word, as a label.
[[nodiscard]] std::string severity_label(std::string_view word);

} // namespace stemlathe::html
