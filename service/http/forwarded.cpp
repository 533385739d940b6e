#include "service/http/forwarded.hpp"

#include "service/http/characters.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace stemlathe::service {

std::string plain_address(std::string_view text) {
    boost::system::error_code error;
    auto const address = boost::asio::ip::make_address(std::string{text}, error);
    return error ? std::string{} : address.to_string();
}

bool is_trusted_proxy(std::string_view peer, std::vector<std::string> const& trusted) noexcept {
    return std::ranges::find(trusted, peer) != trusted.end();
}

std::string forwarded_peer(
    std::string const& peer, std::string_view forwarded, std::vector<std::string> const& trusted
) {
    auto origin = peer;
    while (is_trusted_proxy(origin, trusted) && !forwarded.empty()) {
        auto const comma = forwarded.rfind(',');
        auto const start = comma == std::string_view::npos ? 0 : comma + 1;
        auto const before = plain_address(trimmed(forwarded.substr(start)));
        if (before.empty()) {
            break;
        }
        origin = before;
        forwarded = forwarded.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
    return origin;
}

bool forwarded_security(
    bool is_wire_secure,
    std::string const& peer,
    std::string_view proto,
    std::vector<std::string> const& trusted
) {
    bool const is_told = !proto.empty() && is_trusted_proxy(peer, trusted);
    return is_told ? equal_ignoring_case(proto, "https") : is_wire_secure;
}

} // namespace stemlathe::service
