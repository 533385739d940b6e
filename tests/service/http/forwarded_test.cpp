#include "service/http/forwarded.hpp"
#include "tests/service/http/http_fixture.hpp"

namespace stemlathe::test {

namespace {

using service::forwarded_peer;

std::vector<std::string> const kTrusted{"127.0.0.1", "::1", "10.0.0.2"};

TEST(ForwardedPeer, IsTheConnectionsOwnWhereItIsNoTrustedProxy) {
    EXPECT_EQ(forwarded_peer("192.0.2.7", "198.51.100.1", kTrusted), "192.0.2.7");
    EXPECT_EQ(forwarded_peer("127.0.0.1", "198.51.100.1", {}), "127.0.0.1");
    EXPECT_EQ(forwarded_peer("127.0.0.1", "", kTrusted), "127.0.0.1");
}

TEST(ForwardedPeer, IsTheLastThatNoTrustedProxyHas) {
    EXPECT_EQ(forwarded_peer("127.0.0.1", "198.51.100.1", kTrusted), "198.51.100.1");
    EXPECT_EQ(forwarded_peer("::1", " 2001:DB8::1 ", kTrusted), "2001:db8::1");
    EXPECT_EQ(forwarded_peer("127.0.0.1", "1.1.1.1, 198.51.100.1", kTrusted), "198.51.100.1");
    EXPECT_EQ(
        forwarded_peer("127.0.0.1", "1.1.1.1, 198.51.100.1,10.0.0.2", kTrusted), "198.51.100.1"
    );
    EXPECT_EQ(forwarded_peer("127.0.0.1", "10.0.0.2", kTrusted), "10.0.0.2");
}

TEST(ForwardedPeer, BelievesNothingThatIsNoAddress) {
    for (auto const* field : {"x", "1.1.1.1, ", ", ,", "1.1.1.1:80", "for=1.1.1.1", "unknown"}) {
        EXPECT_EQ(forwarded_peer("127.0.0.1", field, kTrusted), "127.0.0.1") << field;
    }
}

TEST(ForwardedSecurity, IsTheWiresOwnUnlessATrustedProxySaysOtherwise) {
    using service::forwarded_security;
    for (bool const is_wire_secure : {false, true}) {
        EXPECT_EQ(forwarded_security(is_wire_secure, "127.0.0.1", "", kTrusted), is_wire_secure);
        EXPECT_EQ(
            forwarded_security(is_wire_secure, "192.0.2.7", "https", kTrusted), is_wire_secure
        );
        EXPECT_EQ(
            forwarded_security(is_wire_secure, "192.0.2.7", "http", kTrusted), is_wire_secure
        );
        EXPECT_TRUE(forwarded_security(is_wire_secure, "127.0.0.1", "HTTPS", kTrusted));
        EXPECT_FALSE(forwarded_security(is_wire_secure, "127.0.0.1", "http", kTrusted));
        EXPECT_FALSE(forwarded_security(is_wire_secure, "127.0.0.1", "https, http", kTrusted));
    }
}

class HttpFromProxies : public HttpFixture {};

TEST_F(HttpFromProxies, CountsNoConnectionsOfATrustedProxy) {
    say_hello_at("/hello");
    settings.limits.connections_per_peer_max = 1;
    settings.trusted_proxies = {"127.0.0.5"};
    start();
    auto first = client("127.0.0.5");
    auto second = client("127.0.0.5");
    EXPECT_EQ(first.get("/hello").status, 200);
    EXPECT_EQ(second.get("/hello").status, 200);
    auto other = client("127.0.0.6");
    EXPECT_EQ(other.get("/hello").status, 200);
    EXPECT_EQ(client("127.0.0.6").response().status, 503);
}

TEST_F(HttpFromProxies, KnowsWhetherTheirClientsSpeakEncrypted) {
    say_hello_at("/hello");
    settings.trusted_proxies = {"127.0.0.5"};
    start();
    auto const hsts = [&](char const* from, std::string const& proto) {
        auto one = client(from);
        one.send("GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: " + proto + "\r\n\r\n");
        return one.response().field("strict-transport-security");
    };
    EXPECT_EQ(hsts("127.0.0.5", "https"), "max-age=31536000");
    EXPECT_EQ(hsts("127.0.0.5", "http"), "");
    EXPECT_EQ(hsts("127.0.0.6", "https"), "");
}

} // namespace

} // namespace stemlathe::test
