#include "service/api/rfc3339.hpp"

#include "service/http/characters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kSecond_ms = 1000;
constexpr std::int64_t kMinute_ms = 60 * kSecond_ms;
constexpr std::int64_t kHour_ms = 60 * kMinute_ms;

/// Takes a text apart from its beginning; once something does not fit, nothing does.
class TimeReader {
  public:
    explicit TimeReader(std::string_view text) noexcept : text_{text} {}

    /// Exactly so many digits, whose value is at least `low` and at most `high`.
    int digits(std::size_t count, int low, int high) noexcept {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            bool const is_one = i < text_.size() && is_digit(text_[i]);
            value = is_one ? 10 * value + (text_[i] - '0') : high + 1;
            is_sound_ = is_sound_ && is_one;
        }
        is_sound_ = is_sound_ && value >= low && value <= high;
        text_.remove_prefix(std::min(count, text_.size()));
        return value;
    }

    /// The next letter or sign, where it is one of those; lower-case letters stand for both.
    char one_of(std::string_view wanted) noexcept {
        char const next = text_.empty() ? '\0' : lower_case(text_.front());
        is_sound_ = is_sound_ && next != '\0' && wanted.find(next) != std::string_view::npos;
        text_.remove_prefix(std::min<std::size_t>(1, text_.size()));
        return next;
    }

    /// ".123..." in milliseconds; 0 where there is none.
    std::int64_t fraction_ms() noexcept {
        if (!text_.starts_with('.')) {
            return 0;
        }
        text_.remove_prefix(1);
        auto const count =
            static_cast<std::size_t>(std::ranges::find_if_not(text_, is_digit) - text_.begin());
        is_sound_ = is_sound_ && count > 0;
        std::int64_t ms = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            ms = 10 * ms + (i < count ? text_[i] - '0' : 0);
        }
        text_.remove_prefix(count);
        return ms;
    }

    [[nodiscard]] bool is_at_end() const noexcept {
        return is_sound_ && text_.empty();
    }

  private:
    std::string_view text_;
    bool is_sound_ = true;
};

/// "Z" or "+hh:mm", as what must be taken off to be in UTC.
std::int64_t offset_ms(TimeReader& reader) noexcept {
    char const sign = reader.one_of("z+-");
    if (sign == 'z') {
        return 0;
    }
    auto const hours = reader.digits(2, 0, 23);
    static_cast<void>(reader.one_of(":"));
    auto const minutes = reader.digits(2, 0, 59);
    return (hours * kHour_ms + minutes * kMinute_ms) * (sign == '-' ? -1 : 1);
}

} // namespace

std::string time_text(std::int64_t ms) {
    std::time_t const seconds = ms / kSecond_ms;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        parts.tm_year + 1900,
        parts.tm_mon + 1,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec,
        ms % kSecond_ms
    );
}

std::optional<std::int64_t> time_in(std::string_view text) {
    TimeReader reader{text};
    std::chrono::year const year{reader.digits(4, 1970, 9999)};
    static_cast<void>(reader.one_of("-"));
    std::chrono::month const month{static_cast<unsigned>(reader.digits(2, 1, 12))};
    static_cast<void>(reader.one_of("-"));
    std::chrono::day const day{static_cast<unsigned>(reader.digits(2, 1, 31))};
    static_cast<void>(reader.one_of("t"));
    auto ms = reader.digits(2, 0, 23) * kHour_ms;
    static_cast<void>(reader.one_of(":"));
    ms += reader.digits(2, 0, 59) * kMinute_ms;
    static_cast<void>(reader.one_of(":"));
    ms += reader.digits(2, 0, 60) * kSecond_ms;
    ms += reader.fraction_ms();
    ms -= offset_ms(reader);
    auto const date = year / month / day;
    if (!reader.is_at_end() || !date.ok()) {
        return std::nullopt;
    }
    return std::chrono::milliseconds{std::chrono::sys_days{date}.time_since_epoch()}.count() + ms;
}

} // namespace stemlathe::service
