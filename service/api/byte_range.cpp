#include "service/api/byte_range.hpp"

#include <algorithm>
#include <charconv>

namespace stemlathe::service {

namespace {

constexpr std::string_view kUnit = "bytes=";

std::optional<std::int64_t> number_in(std::string_view text) noexcept {
    std::int64_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, number);
    bool const is_plain = !text.empty() && text[0] != '-' && rest == end && error == std::errc{};
    return is_plain ? std::optional{number} : std::nullopt;
}

} // namespace

std::optional<ByteRange> range_of(std::string_view field, std::int64_t size) noexcept {
    if (!field.starts_with(kUnit) || field.find(',') != std::string_view::npos) {
        return std::nullopt;
    }
    field.remove_prefix(kUnit.size());
    auto const dash = field.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    auto const first = number_in(field.substr(0, dash));
    auto const last = number_in(field.substr(dash + 1));
    if (!first && last && dash == 0) {
        auto const bytes = std::min(*last, size); // the last bytes
        return ByteRange{.first = size - bytes, .bytes = bytes};
    }
    bool const is_open = dash + 1 == field.size();
    if (!first || (!last && !is_open) || (last && *last < *first)) {
        return std::nullopt;
    }
    if (*first >= size) {
        return ByteRange{};
    }
    auto const end = last ? std::min(*last, size - 1) : size - 1;
    return ByteRange{.first = *first, .bytes = end - *first + 1};
}

} // namespace stemlathe::service
