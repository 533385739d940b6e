#include "service/http/authority.hpp"

#include "service/http/characters.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <string>

namespace stemlathe::service {

namespace {

constexpr std::size_t kNameMax = 253;
constexpr std::size_t kPortDigitsMax = 5;

bool is_address(int family, std::string_view text) {
    in6_addr room{};
    return ::inet_pton(family, std::string{text}.c_str(), &room) == 1;
}

bool is_port(std::string_view rest) noexcept {
    return rest.empty() ||
           (rest.front() == ':' && rest.size() > 1 && rest.size() <= 1 + kPortDigitsMax &&
            std::ranges::all_of(rest.substr(1), is_digit));
}

bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kNameMax && std::ranges::all_of(text, [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.';
    });
}

} // namespace

std::optional<Authority> parse_authority(std::string_view text) {
    if (text.starts_with('[')) {
        auto const close = text.find(']');
        bool const is_good = close != std::string_view::npos && is_port(text.substr(close + 1)) &&
                             is_address(AF_INET6, text.substr(1, close - 1));
        return is_good
                   ? std::optional{Authority{.host = text.substr(1, close - 1), .is_address = true}}
                   : std::nullopt;
    }
    auto const colon = std::min(text.find(':'), text.size());
    auto const host = text.substr(0, colon);
    if (!is_name(host) || !is_port(text.substr(colon))) {
        return std::nullopt;
    }
    return Authority{.host = host, .is_address = is_address(AF_INET, host)};
}

} // namespace stemlathe::service
