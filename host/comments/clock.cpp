#include "host/comments/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::size_t kUnitDigitsMax = 5;

/// The length of the longest of `words` that `text` begins with, or 0.
template <std::size_t count>
std::size_t
starts_with_any(std::string_view text, std::array<std::string_view, count> const& words) {
    std::size_t longest = 0;
    for (auto const word : words) {
        longest = text.starts_with(word) ? std::max(longest, word.size()) : longest;
    }
    return longest;
}

std::size_t digits_at(std::string_view text, std::size_t at) {
    auto const end = std::find_if_not(
        text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size())), text.end(), is_digit
    );
    return static_cast<std::size_t>(end - text.begin()) - std::min(at, text.size());
}

double number(std::string_view digits) {
    double value = 0.0;
    for (char const c : digits) {
        value = 10.0 * value + (c - '0');
    }
    return value;
}

/// Whether a time may end here: nothing that would make it another word or number follows.
bool ends_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) {
        return true;
    }
    bool const goes_on = at + 1 < text.size() && is_digit(text[at + 1]);
    return !is_word(text[at]) && !(text[at] == ':' && goes_on) && text[at] != '%';
}

/// ".5" or ",5" at `at`, unless it is a list ("0:47,1:32") or a thousand.
double take_fraction(std::string_view text, std::size_t& at) {
    if (at >= text.size() || (text[at] != '.' && text[at] != ',')) {
        return 0.0;
    }
    auto const count = digits_at(text, at + 1);
    auto const end = at + 1 + count;
    if (count == 0 || count > 6 || (end < text.size() && (text[end] == ':' || text[end] == '\''))) {
        return 0.0;
    }
    double const value =
        number(text.substr(at + 1, count)) / std::pow(10.0, static_cast<double>(count));
    at = end;
    return value;
}

/// m:ss, h:mm:ss and hh:mm:ss:ff.
std::optional<ClockText> colons_at(std::string_view text, std::size_t at) {
    std::array<double, 4> parts{};
    auto const first = digits_at(text, at);
    if (first == 0 || first > 3) {
        return std::nullopt;
    }
    parts[0] = number(text.substr(at, first));
    std::size_t count = 1;
    auto end = at + first;
    while (count < parts.size() && end < text.size() && digits_at(text, end + 1) == 2 &&
           (text[end] == ':' || (text[end] == ';' && count == 3))) {
        parts[count++] = number(text.substr(end + 1, 2));
        end += 3;
    }
    if (count == 1) {
        return std::nullopt;
    }
    ClockText clock;
    auto const before = end;
    double const fraction = count < 4 ? take_fraction(text, end) : 0.0;
    clock.is_whole = end == before;
    if (end < text.size() && text[end] == 's' && ends_at(text, end + 1)) {
        ++end;
    }
    if (!ends_at(text, end)) {
        return std::nullopt;
    }
    clock.end = end;
    clock.has_frames = count == 4;
    clock.is_wrong = count < 4 && (parts[count - 1] > 59.0 || (count == 3 && parts[1] > 59.0));
    clock.seconds =
        count == 2 ? 60.0 * parts[0] + parts[1] : 3600.0 * parts[0] + 60.0 * parts[1] + parts[2];
    clock.seconds = clock.has_frames ? 0.0 : clock.seconds + fraction;
    return clock;
}

/// Seconds in one of the unit that `word` means, or 0.
double unit_s(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, double>, 15> kUnits{{
        {"h", 3600.0},
        {"hr", 3600.0},
        {"hrs", 3600.0},
        {"hour", 3600.0},
        {"hours", 3600.0},
        {"m", 60.0},
        {"min", 60.0},
        {"mins", 60.0},
        {"minute", 60.0},
        {"minutes", 60.0},
        {"s", 1.0},
        {"sec", 1.0},
        {"secs", 1.0},
        {"second", 1.0},
        {"seconds", 1.0},
    }};
    auto const* const found =
        std::ranges::find(kUnits, word, &std::pair<std::string_view, double>::first);
    return found != kUnits.end() ? found->second : 0.0;
}

/// 1h02m03s, 1m02, 47 s: hours, minutes and seconds in this order, each at most once.
std::optional<ClockText> units_at(std::string_view text, std::size_t at) {
    ClockText clock{.form = ClockForm::units};
    double last_unit_s = 86'400.0;
    int parts = 0;
    auto here = at;
    while (clock.is_whole) {
        auto const count = digits_at(text, here);
        if (count == 0 || count > kUnitDigitsMax) {
            break;
        }
        auto end = here + count;
        double const value = number(text.substr(here, count));
        double const fraction = take_fraction(text, end);
        bool const is_whole = end == here + count;
        auto const word = skip_spaces(text, end);
        auto word_end = word;
        while (word_end < text.size() && is_letter(text[word_end])) {
            ++word_end;
        }
        double unit = unit_s(lower_case(text.substr(word, word_end - word)));
        bool const is_bare = unit == 0.0 && parts == 1 && last_unit_s == 60.0 && count == 2 &&
                             here == clock.end && ends_at(text, end); // 1m02
        if (!is_bare && (unit == 0.0 || unit >= last_unit_s)) {
            break;
        }
        unit = is_bare ? 1.0 : unit;
        clock.seconds += (value + fraction) * unit;
        clock.end = is_bare ? end : word_end;
        clock.is_whole = is_whole;
        last_unit_s = unit;
        ++parts;
        here = skip_spaces(text, clock.end);
    }
    bool const joins = clock.end < text.size() && is_digit(text[clock.end]); // 2m3dB
    if (parts == 0 || joins) {
        return std::nullopt;
    }
    clock.is_lone = parts == 1;
    return clock;
}

/// 1'02" with straight, curly or true primes; the second sign may be missing.
std::optional<ClockText> primes_at(std::string_view text, std::size_t at) {
    constexpr std::array<std::string_view, 3> kMinute{"'", "\u2019", "\u2032"};
    constexpr std::array<std::string_view, 6> kSecond{
        "\"", "\u201D", "\u2033", "''", "\u2019\u2019", "\u2032\u2032"};
    auto const first = digits_at(text, at);
    if (first == 0 || first > 3) {
        return std::nullopt;
    }
    auto const sign = starts_with_any(text.substr(at + first), kMinute);
    auto const seconds = at + first + sign;
    if (sign == 0 || digits_at(text, seconds) != 2) {
        return std::nullopt;
    }
    ClockText clock{.form = ClockForm::primes};
    clock.end = seconds + 2;
    double const fraction = take_fraction(text, clock.end);
    clock.is_whole = clock.end == seconds + 2;
    double const value = number(text.substr(seconds, 2));
    clock.end += starts_with_any(text.substr(clock.end), kSecond);
    clock.seconds = 60.0 * number(text.substr(at, first)) + value + fraction;
    clock.is_wrong = value > 59.0;
    return ends_at(text, clock.end) ? std::optional{clock} : std::nullopt;
}

} // namespace

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) noexcept {
    return is_digit(c) || is_letter(c);
}

std::size_t skip_spaces(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {
        ++at;
    }
    return at;
}

std::string lower_case(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

std::optional<ClockText> clock_at(std::string_view text, std::size_t at) {
    if (at >= text.size() || !is_digit(text[at]) ||
        (at > 0 && (is_word(text[at - 1]) || text[at - 1] == ':'))) {
        return std::nullopt;
    }
    bool const is_decimal =
        at > 1 && (text[at - 1] == '.' || text[at - 1] == ',') && is_digit(text[at - 2]);
    if (auto const clock = colons_at(text, at)) {
        return clock;
    }
    if (is_decimal) { // the "5" of "1.5 s"
        return std::nullopt;
    }
    auto const primes = primes_at(text, at);
    return primes ? primes : units_at(text, at);
}

std::string clock_text(double seconds) {
    auto const tenths = std::llround(std::max(0.0, seconds) * 10.0);
    auto const whole = tenths / 10;
    auto text = whole >= 3600
                    ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                    : fmt::format("{}:{:02}", whole / 60, whole % 60);
    return tenths % 10 != 0 ? fmt::format("{}.{}", text, tenths % 10) : text;
}

} // namespace stemlathe
