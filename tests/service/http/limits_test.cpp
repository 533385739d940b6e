#include "tests/service/http/http_fixture.hpp"

#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

/// Slow, many and large: each limit is met by a client that goes beyond it, while another is
/// served.
namespace stemlathe::test {

namespace {

using service::Request;
using service::Response;
using std::chrono::milliseconds;

constexpr milliseconds kShort{150};

class HttpLimitsOf : public RoadFixture {
  protected:
    void expect_others_are_served() {
        EXPECT_EQ(client("127.0.0.2").get("/hello").status, 200);
    }

    void SetUp() override {
        say_hello_at("/hello");
    }
};

TEST_P(HttpLimitsOf, TimeDropSlowHeads) {
    settings.limits.head_time = kShort;
    start();
    std::vector<RawClient> slow;
    for (int i = 0; i < 50; ++i) {
        slow.push_back(client());
        slow.back().send("GET /hello HTTP/1.1\r\nHost: a\r\nX-A: ");
    }
    expect_others_are_served();
    for (auto& each : slow) {
        EXPECT_EQ(each.response().status, 408);
        EXPECT_EQ(each.rest(), "");
        EXPECT_TRUE(each.has_ended());
    }
}

/// A byte now and then does not help: the deadline is absolute.
TEST_P(HttpLimitsOf, TimeDropHeadsThatDripToo) {
    settings.limits.head_time = kShort;
    settings.limits.linger_time = kShort;
    start();
    auto slow = client();
    slow.send("GET /hello HTTP/1.1\r\nHost: a\r\nX-A: ");
    while (slow.send("a")) { // a server that bears it lets the test run into its time limit
        expect_others_are_served();
    }
    EXPECT_EQ(application.refused(), 1);
}

TEST_P(HttpLimitsOf, TimeDropIdleConnectionsWithoutAWord) {
    settings.limits.idle_time = kShort;
    start();
    auto idle = client();
    auto served = client();
    EXPECT_EQ(served.get("/hello").status, 200);
    EXPECT_EQ(idle.rest(), "");
    EXPECT_TRUE(idle.has_ended());
    EXPECT_EQ(served.rest(), "");
    EXPECT_TRUE(served.has_ended());
    EXPECT_EQ(application.refused(), 0);
}

TEST_P(HttpLimitsOf, TimeDropSlowBodies) {
    settings.limits.body_time = kShort;
    application.echo("/echo", 100);
    start();
    auto slow = client();
    slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfive!");
    expect_others_are_served();
    EXPECT_EQ(slow.response().status, 408);
    EXPECT_EQ(slow.rest(), "");
}

TEST_P(HttpLimitsOf, RateDropWhoReadsTooSlowly) {
    settings.limits.rate_window = kShort;
    application.on("/large", [](Request const&) {
        return Response{.body = std::string(64U << 20U, 'x')};
    });
    start();
    auto slow = client();
    slow.shrink_receive_buffer();
    slow.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_others_are_served();
    server->stop(); // returns only when the connection has gone
    EXPECT_LT(slow.rest().size(), std::size_t{64U << 20U});
}

TEST_P(HttpLimitsOf, SizeRefuseLargeHeads) {
    start();
    std::string const fill(9'000, 'a');
    auto large = client();
    large.send("GET /hello HTTP/1.1\r\nHost: a\r\nX-A: " + fill + "\r\n\r\n");
    EXPECT_EQ(large.response().status, 431);
    EXPECT_EQ(large.rest(), "");
    auto endless = client();
    endless.send("GET /hello HTTP/1.1\r\nHost: a\r\nX-A: " + fill);
    EXPECT_EQ(endless.response().status, 431);
    auto target = client();
    target.send("GET /" + fill);
    EXPECT_EQ(target.response().status, 414);
    auto method = client();
    method.send(std::string(8'193, 'G'));
    EXPECT_EQ(method.response().status, 414);
    expect_others_are_served();
}

TEST_P(HttpLimitsOf, SizeCountTheHeadToTheByte) {
    start();
    std::string const begin = "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: ";
    std::string const end = "\r\n\r\n";
    auto const room = settings.limits.head_bytes_max - begin.size() - end.size();
    auto one = client();
    one.send(begin + std::string(room, 'a') + end);
    EXPECT_EQ(one.response().status, 200);
    one.send(begin + std::string(room + 1, 'a') + end);
    EXPECT_EQ(one.response().status, 431);
}

TEST_P(HttpLimitsOf, NumberTurnAwayOnePeerAndThenAll) {
    settings.limits.connections_per_peer_max = 2;
    settings.limits.connections_max = 3;
    start();
    auto first = client();
    auto second = client();
    EXPECT_EQ(first.get("/hello").status, 200);
    EXPECT_EQ(second.get("/hello").status, 200);
    auto third = client();
    auto const refusal = third.response();
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.field("retry-after"), "5");
    EXPECT_EQ(third.rest(), "");
    auto other = client("127.0.0.2");
    EXPECT_EQ(other.get("/hello").status, 200);
    EXPECT_EQ(client("127.0.0.3").response().status, 503);
    EXPECT_EQ(first.get("/hello").status, 200);
}

TEST_P(HttpLimitsOf, NumberLetInAgainWhenSomebodyHasLeft) {
    settings.limits.connections_per_peer_max = 1;
    start();
    for (int i = 0; i < 20; ++i) {
        int status = 503;
        while (status == 503) { // the one before is leaving
            auto one = client();
            one.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            status = one.response().status;
        }
        EXPECT_EQ(status, 200);
    }
}

TEST_P(HttpLimitsOf, DescriptorsLeaveSomeForFiles) {
    // The next one that the kernel gives; a test may be started with others far above it.
    int const next = ::dup(STDERR_FILENO);
    ASSERT_GE(next, 0);
    ::close(next);
    auto const used = static_cast<rlim_t>(next);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit const low{.rlim_cur = used + 60, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    start();
    std::vector<RawClient> clients;
    int turned_away = 0;
    for (int i = 0; i < 25 && turned_away == 0; ++i) {
        clients.push_back(client());
        turned_away += clients.back().get("/hello").status == 503 ? 1 : 0;
    }
    EXPECT_EQ(turned_away, 1);
    EXPECT_GE(clients.size(), 10U);
    clients.clear();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_P(HttpLimitsOf, NumberBearAThousandIdleConnections) {
    settings.limits.connections_per_peer_max = 1'000;
    start();
    std::vector<RawClient> idle;
    for (int i = 0; i < 1'000; ++i) {
        idle.push_back(client());
    }
    EXPECT_EQ(client().response().status, 503);
    expect_others_are_served();
    for (auto& each : idle) {
        EXPECT_EQ(each.get("/hello").status, 200);
    }
}

STEMLATHE_ON_BOTH_ROADS(HttpLimitsOf);

} // namespace

} // namespace stemlathe::test
