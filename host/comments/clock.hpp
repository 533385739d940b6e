#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stemlathe {

/// How a time is written: 1:02.5 or 1:02:03; 1m02s, 62 s, 1 min 2; 1'02".
enum class ClockForm { colons, units, primes };

/// A time as it stands in a line.
struct ClockText {
    ClockForm form = ClockForm::colons;
    double seconds = 0.0;
    std::size_t end = 0;     ///< behind its last byte
    bool is_lone = false;    ///< "47s": one number with a unit, which may be a length as well
    bool is_whole = true;    ///< no fraction was written
    bool has_frames = false; ///< hh:mm:ss:ff: the frame rate is not known, so `seconds` is 0
    bool is_wrong = false;   ///< seconds or minutes over 59
};

/// The time that begins at `at`, or nullopt. It ends at a word's end: "0:47pm" and "808s" with more
/// behind it are none.
[[nodiscard]] std::optional<ClockText> clock_at(std::string_view text, std::size_t at);

/// "0:47", "1:02.5", "1:02:03": as short as it can be without losing more than a tenth of a second.
[[nodiscard]] std::string clock_text(double seconds);

[[nodiscard]] bool is_digit(char c) noexcept;
[[nodiscard]] bool is_letter(char c) noexcept; ///< of ASCII
[[nodiscard]] bool is_word(char c) noexcept;   ///< a digit or a letter
/// The first place from `at` on that is neither space nor tab.
[[nodiscard]] std::size_t skip_spaces(std::string_view text, std::size_t at) noexcept;
[[nodiscard]] std::string lower_case(std::string_view text); ///< ASCII only

} // namespace stemlathe
