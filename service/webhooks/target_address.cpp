#include "service/webhooks/target_address.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

namespace stemlathe::service {

namespace {

using Bytes = std::span<unsigned char const>;

/// A range of addresses that are not for everybody.
struct SpecialRange {
    char const* prefix;
    int bits;
    std::string_view kind;
    bool is_inside = false; ///< may hold a house's own receivers
};

constexpr std::string_view kReserved = "a reserved address";
constexpr std::string_view kExamples = "an address for examples";
constexpr std::string_view kWrapped = "an IPv4 address inside an IPv6 one";

constexpr std::array kV4{
    SpecialRange{"0.0.0.0", 8, "an unspecified address"},
    SpecialRange{"10.0.0.0", 8, "a private address", true},
    SpecialRange{"100.64.0.0", 10, "an address shared by customers of a provider", true},
    SpecialRange{"127.0.0.0", 8, "a loopback address", true},
    SpecialRange{"169.254.0.0", 16, "a link-local address"},
    SpecialRange{"172.16.0.0", 12, "a private address", true},
    SpecialRange{"192.0.0.0", 24, kReserved},
    SpecialRange{"192.0.2.0", 24, kExamples},
    SpecialRange{"192.88.99.0", 24, kReserved},
    SpecialRange{"192.168.0.0", 16, "a private address", true},
    SpecialRange{"198.18.0.0", 15, "an address for measurements"},
    SpecialRange{"198.51.100.0", 24, kExamples},
    SpecialRange{"203.0.113.0", 24, kExamples},
    SpecialRange{"224.0.0.0", 4, "a multicast address"},
    SpecialRange{"240.0.0.0", 4, kReserved}};

// The first that fits counts.
constexpr std::array kV6{
    SpecialRange{"::", 128, "an unspecified address"},
    SpecialRange{"::1", 128, "a loopback address", true},
    SpecialRange{"::ffff:0:0", 96, kWrapped},
    SpecialRange{"::", 96, kWrapped},
    SpecialRange{"64:ff9b::", 96, kWrapped},
    SpecialRange{"64:ff9b:1::", 48, kWrapped},
    SpecialRange{"2001::", 23, "an address of a tunnel or a test"},
    SpecialRange{"2001:db8::", 32, kExamples},
    SpecialRange{"2002::", 16, kWrapped},
    SpecialRange{"3fff::", 20, kExamples},
    SpecialRange{"fc00::", 7, "a unique local address", true},
    SpecialRange{"fe80::", 10, "a link-local address"},
    SpecialRange{"ff00::", 8, "a multicast address"}};
constexpr SpecialRange kV6Public{"2000::", 3, {}};

bool is_in(SpecialRange const& range, Bytes address) noexcept {
    std::array<unsigned char, sizeof(in6_addr)> prefix{};
    ::inet_pton(address.size() == sizeof(in_addr) ? AF_INET : AF_INET6, range.prefix, &prefix);
    auto const whole = static_cast<std::size_t>(range.bits) / 8;
    auto const rest = static_cast<unsigned>(range.bits) % 8;
    if (!std::equal(
            address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), prefix.begin()
        )) {
        return false;
    }
    auto const mask = static_cast<unsigned char>(0xff00U >> rest);
    return rest == 0 || ((address[whole] ^ prefix[whole]) & mask) == 0;
}

std::string_view
kind_in(std::span<SpecialRange const> ranges, Bytes address, TargetRules const& rules) noexcept {
    auto const found = std::ranges::find_if(ranges, [&](SpecialRange const& range) {
        return is_in(range, address);
    });
    if (found == ranges.end()) {
        bool const is_public = address.size() == sizeof(in_addr) || is_in(kV6Public, address);
        return is_public ? std::string_view{} : kReserved;
    }
    return found->is_inside && rules.allow_private ? std::string_view{} : found->kind;
}

std::string_view kind_of(in_addr const& address, TargetRules const& rules) noexcept {
    return kind_in(
        kV4, Bytes{reinterpret_cast<unsigned char const*>(&address), sizeof address}, rules
    );
}

std::string_view kind_of(in6_addr const& address, TargetRules const& rules) noexcept {
    return kind_in(
        kV6, Bytes{reinterpret_cast<unsigned char const*>(&address), sizeof address}, rules
    );
}

struct EndUrl {
    void operator()(CURLU* url) const noexcept {
        curl_url_cleanup(url);
    }
};

/// A URL as libcurl reads it, which is who sends there: two readers could differ.
class ReadUrl {
  public:
    explicit ReadUrl(std::string const& text)
        : error_{curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), 0)} {}

    [[nodiscard]] bool is_readable() const noexcept {
        return error_ == CURLUE_OK;
    }

    /// Empty where it has none.
    [[nodiscard]] std::string part(CURLUPart name, unsigned flags = 0) const {
        char* text = nullptr;
        if (curl_url_get(url_.get(), name, &text, flags) != CURLUE_OK) {
            return {};
        }
        std::unique_ptr<char, decltype(&curl_free)> const owned{text, curl_free};
        return text;
    }

    /// Without the brackets of IPv6.
    [[nodiscard]] std::string host() const {
        auto host = part(CURLUPART_HOST);
        bool const is_v6 = host.starts_with('[') && host.ends_with(']');
        return is_v6 ? host.substr(1, host.size() - 2) : host;
    }

  private:
    std::unique_ptr<CURLU, EndUrl> url_{curl_url()};
    CURLUcode error_;
};

/// The well-known ports below 1024 are other services, which must not be made to listen to us.
bool is_port_for_http(std::string const& text) {
    int port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    return port == 80 || port == 443 || port >= 1024;
}

} // namespace

std::string_view forbidden_kind(sockaddr const& address, TargetRules const& rules) noexcept {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return kind_of(v4.sin_addr, rules);
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        return kind_of(v6.sin6_addr, rules);
    }
    return "no address of the internet";
}

std::string_view forbidden_kind(std::string const& text, TargetRules const& rules) noexcept {
    in_addr v4{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        return kind_of(v4, rules);
    }
    in6_addr v6{};
    return ::inet_pton(AF_INET6, text.c_str(), &v6) == 1 ? kind_of(v6, rules) : std::string_view{};
}

std::string complaint_about(std::string const& text, TargetRules const& rules) {
    bool const is_plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
    ReadUrl const url{text};
    if (!is_plain || !url.is_readable()) {
        return "must be a URL such as https://example.com/hooks, in visible ASCII";
    }
    auto const scheme = url.part(CURLUPART_SCHEME);
    if (scheme != "https" && !(scheme == "http" && rules.allow_http)) {
        return rules.allow_http ? "must begin with https:// or http://"
                                : "must begin with https:// (the house may allow http with "
                                  "[webhooks] allow_http)";
    }
    if (!url.part(CURLUPART_USER).empty() || !url.part(CURLUPART_PASSWORD).empty()) {
        return "must not hold a user or a password; what is sent is signed instead";
    }
    if (!url.part(CURLUPART_FRAGMENT).empty()) {
        return "must not hold a fragment (#...), which is never sent";
    }
    if (!url.part(CURLUPART_ZONEID).empty()) {
        return "must not name a network interface";
    }
    if (auto const port = url.part(CURLUPART_PORT, CURLU_DEFAULT_PORT); !is_port_for_http(port)) {
        return fmt::format("names port {}; it must be 443, 80, or one from 1024 on", port);
    }
    if (auto const kind = forbidden_kind(url.host(), rules); !kind.empty()) {
        return fmt::format(
            "leads to {}, which is {}; webhooks are sent to public addresses (the house may allow "
            "its own with [webhooks] allow_private)",
            url.host(),
            kind
        );
    }
    return {};
}

std::string origin_of(std::string const& text) {
    ReadUrl const url{text};
    auto const port = url.part(CURLUPART_PORT);
    return url.is_readable() ? fmt::format(
                                   "{}://{}{}{}",
                                   url.part(CURLUPART_SCHEME),
                                   url.part(CURLUPART_HOST),
                                   port.empty() ? "" : ":",
                                   port
                               )
                             : std::string{};
}

} // namespace stemlathe::service
