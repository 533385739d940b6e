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

TEST_F(HttpFixture, CountsNoConnectionsOfATrustedProxy) {
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

} // namespace

} // namespace stemlathe::test
