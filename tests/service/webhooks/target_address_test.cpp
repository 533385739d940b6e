// Where webhooks may be sent to.

#include "service/webhooks/target_address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace stemlathe::test {
namespace {

using service::complaint_about;
using service::forbidden_kind;
using service::TargetRules;

constexpr TargetRules kStrict{};
constexpr TargetRules kInside{.allow_http = true, .allow_private = true};

/// As a socket has it.
std::string_view kind_of_socket(char const* text, TargetRules const& rules) {
    sockaddr_storage storage{};
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (::inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        std::memcpy(&storage, &v4, sizeof v4);
    } else {
        EXPECT_EQ(::inet_pton(AF_INET6, text, &v6.sin6_addr), 1) << text;
        v6.sin6_family = AF_INET6;
        std::memcpy(&storage, &v6, sizeof v6);
    }
    sockaddr address{};
    std::memcpy(&address, &storage, sizeof address);
    return forbidden_kind(reinterpret_cast<sockaddr const&>(storage), rules);
}

struct Case {
    char const* address;
    bool is_public;
    bool is_inside; ///< allowed where the house allows its own
};

// Each range by its first and its last address, and what lies just beside.
constexpr std::array kCases{
    Case{"0.0.0.0", false, false},
    Case{"0.255.255.255", false, false},
    Case{"1.0.0.0", true, true},
    Case{"1.1.1.1", true, true},
    Case{"8.8.8.8", true, true},
    Case{"9.255.255.255", true, true},
    Case{"10.0.0.0", false, true},
    Case{"10.255.255.255", false, true},
    Case{"11.0.0.0", true, true},
    Case{"100.63.255.255", true, true},
    Case{"100.64.0.0", false, true},
    Case{"100.127.255.255", false, true},
    Case{"100.128.0.0", true, true},
    Case{"126.255.255.255", true, true},
    Case{"127.0.0.1", false, true},
    Case{"127.255.255.255", false, true},
    Case{"128.0.0.0", true, true},
    Case{"169.253.255.255", true, true},
    Case{"169.254.0.0", false, false},
    Case{"169.254.169.254", false, false}, // where clouds keep their secrets
    Case{"169.255.0.0", true, true},
    Case{"172.15.255.255", true, true},
    Case{"172.16.0.0", false, true},
    Case{"172.31.255.255", false, true},
    Case{"172.32.0.0", true, true},
    Case{"192.0.0.170", false, false},
    Case{"192.0.1.0", true, true},
    Case{"192.0.2.1", false, false},
    Case{"192.88.99.1", false, false},
    Case{"192.167.255.255", true, true},
    Case{"192.168.0.0", false, true},
    Case{"192.168.255.255", false, true},
    Case{"192.169.0.0", true, true},
    Case{"198.17.255.255", true, true},
    Case{"198.18.0.0", false, false},
    Case{"198.19.255.255", false, false},
    Case{"198.20.0.0", true, true},
    Case{"198.51.100.7", false, false},
    Case{"203.0.113.7", false, false},
    Case{"223.255.255.255", true, true},
    Case{"224.0.0.1", false, false},
    Case{"239.255.255.250", false, false},
    Case{"240.0.0.1", false, false},
    Case{"255.255.255.255", false, false},
    Case{"::", false, false},
    Case{"::1", false, true},
    Case{"::2", false, false},
    Case{"::7f00:1", false, false},         // 127.0.0.1, IPv4-compatible
    Case{"::ffff:127.0.0.1", false, false}, // mapped
    Case{"::ffff:10.0.0.1", false, false},
    Case{"::ffff:8.8.8.8", false, false},
    Case{"64:ff9b::7f00:1", false, false}, // NAT64
    Case{"64:ff9b::808:808", false, false},
    Case{"64:ff9b:1::1", false, false},
    Case{"100::1", false, false},
    Case{"1fff:ffff::1", false, false},
    Case{"2001::1", false, false}, // Teredo
    Case{"2001:1ff::1", false, false},
    Case{"2001:200::1", true, true},
    Case{"2001:db8::1", false, false},
    Case{"2001:db9::1", true, true},
    Case{"2002:7f00:1::", false, false}, // 6to4
    Case{"2606:4700:4700::1111", true, true},
    Case{"2a00:1450:4001:82a::200e", true, true},
    Case{"3fff::1", false, false},
    Case{"3fff:1000::1", true, true},
    Case{"4000::1", false, false},
    Case{"fc00::1", false, true},
    Case{"fdff:ffff::1", false, true},
    Case{"fe80::1", false, false},
    Case{"fec0::1", false, false},
    Case{"ff02::1", false, false}};

TEST(TargetAddress, IsAPublicOneUnlessTheHouseAllowsItsOwn) {
    for (auto const& one : kCases) {
        for (bool const as_text : {true, false}) {
            auto const kind = [&](TargetRules const& rules) {
                return as_text ? forbidden_kind(std::string{one.address}, rules)
                               : kind_of_socket(one.address, rules);
            };
            EXPECT_EQ(kind(kStrict).empty(), one.is_public) << one.address << kind(kStrict);
            EXPECT_EQ(kind(kInside).empty(), one.is_inside) << one.address << kind(kInside);
        }
    }
}

TEST(TargetAddress, IsNoOtherKindOfSocket) {
    sockaddr address{};
    address.sa_family = AF_UNIX;
    EXPECT_FALSE(forbidden_kind(address, kInside).empty());
}

struct UrlCase {
    char const* url;
    char const* complaint; ///< a part of it; "": none
};

TEST(TargetUrl, IsRefusedInWordsWhereItsTextTellsThatNothingMayGoThere) {
    constexpr std::array kUrls{
        UrlCase{"https://example.com/hooks?key=1", ""},
        UrlCase{"https://example.com:8443/hooks", ""},
        UrlCase{"https://example.com:80", ""},
        UrlCase{"https://1.1.1.1/", ""},
        UrlCase{"https://[2606:4700:4700::1111]/", ""},
        UrlCase{"http://example.com/", "https://"},
        UrlCase{"ftp://example.com/", "https://"},
        UrlCase{"file:///etc/passwd", "https://"},
        UrlCase{"gopher://example.com/", "https://"},
        UrlCase{"javascript:alert(1)", "must be"},
        UrlCase{"example.com", "https://"},
        UrlCase{"", "must be"},
        UrlCase{"https://", "must be"},
        UrlCase{"https://exa mple.com/", "must be"},
        UrlCase{"https://example.com/\r\nX: y", "must be"},
        UrlCase{"https://ex\xc3\xa4mple.com/", "must be"},
        UrlCase{"https://ada@example.com/", "user"},
        UrlCase{"https://ada:secret@example.com/", "user"},
        UrlCase{"https://example.com@127.0.0.1/", "user"},
        UrlCase{"https://example.com/#top", "fragment"},
        UrlCase{"https://example.com:22/", "port 22"},
        UrlCase{"https://example.com:25/", "port 25"},
        UrlCase{"https://example.com:1023/", "port 1023"},
        UrlCase{"https://example.com:1024/", ""},
        UrlCase{"https://example.com:99999/", "must be"},
        UrlCase{"https://127.0.0.1/", "loopback"},
        UrlCase{"https://127.1/", "loopback"},
        UrlCase{"https://0x7f.0.0.1/", "loopback"},
        UrlCase{"https://2130706433/", "loopback"},
        UrlCase{"https://0177.0.0.1/", "loopback"},
        UrlCase{"https://0/", "unspecified"},
        UrlCase{"https://192.168.1.1/", "private"},
        UrlCase{"https://169.254.169.254/latest/meta-data", "link-local"},
        UrlCase{"https://[::1]/", "loopback"},
        UrlCase{"https://[::ffff:127.0.0.1]/", "IPv4 address inside"},
        UrlCase{"https://[64:ff9b::7f00:1]/", "IPv4 address inside"},
        UrlCase{"https://[fe80::1%25eth0]/", "network interface"},
        UrlCase{"https://[fd00::1]/", "unique local"}};
    for (auto const& one : kUrls) {
        auto const complaint = complaint_about(one.url, kStrict);
        EXPECT_EQ(complaint.empty(), *one.complaint == '\0') << one.url << ": " << complaint;
        EXPECT_NE(complaint.find(one.complaint), std::string::npos) << one.url << ": " << complaint;
    }
}

TEST(TargetUrl, MayLeadInsideWhereTheHouseSaysSo) {
    for (auto const* url :
         {"http://127.0.0.1:8080/",
          "https://10.1.2.3/",
          "http://[::1]:9000/",
          "http://[fd00::1]/"}) {
        EXPECT_EQ(complaint_about(url, kInside), "") << url;
    }
    for (auto const* url :
         {"http://169.254.169.254/",
          "http://0.0.0.0/",
          "http://[::ffff:127.0.0.1]/",
          "http://127.0.0.1:22/",
          "http://ada@127.0.0.1/",
          "http://224.0.0.1/"}) {
        EXPECT_NE(complaint_about(url, kInside), "") << url;
    }
}

TEST(TargetUrl, IsNamedInLogsWithoutWhatMayBeASecret) {
    EXPECT_EQ(
        service::origin_of("https://example.com:8443/a/b?key=secret"), "https://example.com:8443"
    );
    EXPECT_EQ(service::origin_of("https://example.com/secret"), "https://example.com");
}

} // namespace
} // namespace stemlathe::test
