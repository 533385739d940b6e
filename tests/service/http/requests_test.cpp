#include "tests/service/http/http_fixture.hpp"

#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

namespace stemlathe::test {

namespace {

using service::Admission;
using service::Request;
using service::Response;

class HttpRequests : public RoadFixture {};

TEST_P(HttpRequests, AreAnsweredOneAfterTheOtherOnOneConnection) {
    say_hello_at("/hello");
    start();
    auto one = client();
    std::set<std::string> ids;
    for (int i = 0; i < 50; ++i) {
        auto const response = one.get("/hello");
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, "hello");
        EXPECT_EQ(response.field("connection"), "keep-alive");
        ids.insert(response.field("x-request-id"));
    }
    EXPECT_EQ(ids.size(), 50U);
    EXPECT_EQ(one.get("/nothing").status, 404);
    EXPECT_EQ(one.get("/hello").status, 200);
}

TEST_P(HttpRequests, ReachTheApplicationDecoded) {
    Request seen;
    application.on("/v1/a b", [&](Request const& request) {
        seen = request;
        return Response{};
    });
    start();
    auto one = client("127.0.0.9");
    one.send("GET /v1/a%20b?x=1 HTTP/1.1\r\nhost: a\r\nX-Thing:  some value \r\n\r\n");
    EXPECT_EQ(one.response().status, 200);
    server->stop();
    EXPECT_EQ(seen.path, "/v1/a b");
    EXPECT_EQ(seen.query_value("x"), "1");
    EXPECT_EQ(seen.query_value("y"), std::nullopt);
    EXPECT_EQ(seen.field("x-thing"), "some value");
    EXPECT_EQ(seen.field("x-nothing"), "");
    EXPECT_EQ(seen.peer, "127.0.0.9");
    EXPECT_EQ(seen.id.size(), 32U);
}

TEST_P(HttpRequests, MayComeInOnePiece) {
    application.echo("/echo", 100);
    say_hello_at("/hello");
    start();
    auto one = client();
    std::string batch;
    for (int i = 0; i < 20; ++i) {
        auto const body = "body " + std::to_string(10 + i);
        batch += "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n" + body;
        batch += "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    one.send(batch);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(one.response().body, "body " + std::to_string(10 + i));
        EXPECT_EQ(one.response().body, "hello");
    }
}

TEST_P(HttpRequests, MayComeByteByByte) {
    application.echo("/echo", 100);
    start();
    auto one = client();
    for (char const byte :
         std::string_view{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nseven"}) {
        one.send({&byte, 1});
        std::this_thread::yield();
    }
    EXPECT_EQ(one.response().body, "seven");
}

TEST_P(HttpRequests, EndTheConnectionWhenEitherSideSaysSo) {
    say_hello_at("/hello");
    application.on("/last", [](Request const&) { return Response{.close = true}; });
    start();
    auto one = client();
    one.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(one.rest().find("HTTP/1.1 200"), 0U);
    EXPECT_TRUE(one.has_ended());
    auto other = client();
    EXPECT_EQ(other.get("/last").field("connection"), "close");
    EXPECT_EQ(other.rest(), "");
    EXPECT_TRUE(other.has_ended());
    auto old = client();
    old.send("GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.response().body, "hello");
    EXPECT_EQ(old.rest(), "");
}

TEST_P(HttpRequests, OfHeadGetTheFieldsWithoutTheBody) {
    say_hello_at("/hello");
    start();
    auto one = client();
    for (int i = 0; i < 2; ++i) {
        one.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        auto const response = one.response(false);
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.field("content-length"), "5");
    }
    EXPECT_EQ(one.get("/hello").body, "hello");
}

TEST_P(HttpRequests, AreInvitedToSendTheirBodyOnlyAfterAdmission) {
    application.echo("/echo", 10);
    application.on_admit("/no", [](Request&) {
        return Admission{.refusal = Response{.status = 403, .body = std::string{"no"}}};
    });
    start();
    auto const ask = [](std::string const& path, int length) {
        return "POST " + path +
               " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) +
               "\r\nExpect: 100-continue\r\n\r\n";
    };
    auto one = client();
    one.send(ask("/echo", 4));
    EXPECT_EQ(one.response().status, 100);
    one.send("body");
    EXPECT_EQ(one.response().body, "body");
    one.send(ask("/echo", 4) + "body"); // did not wait
    EXPECT_EQ(one.response().status, 200);
    one.send(ask("/echo", 0));
    EXPECT_EQ(one.response().status, 200);
    one.send(ask("/echo", 11));
    EXPECT_EQ(one.response().status, 413);
    EXPECT_EQ(one.rest(), "");
    auto other = client();
    other.send(ask("/no", 4));
    EXPECT_EQ(other.response().status, 403);
    EXPECT_EQ(other.rest(), "");
}

TEST_P(HttpRequests, AreRefusedWithADocumentThatReachesWhoStillSends) {
    application.echo("/echo", 1'000);
    start();
    auto one = client();
    std::string const much(300'000, 'x');
    one.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + much);
    auto const response = one.response();
    EXPECT_EQ(response.status, 413);
    EXPECT_TRUE(response.body.starts_with("too-large: "));
    EXPECT_NE(response.body.find(response.field("x-request-id")), std::string::npos);
    EXPECT_EQ(response.field("referrer-policy"), "no-referrer");
    EXPECT_EQ(one.rest(), "");
    EXPECT_TRUE(one.has_ended());
}

TEST_P(HttpRequests, SurviveWhatTheApplicationThrows) {
    application.on("/broken", [](Request const&) -> Response { throw std::runtime_error{"oops"}; });
    application.on("/short", [](Request const&) -> Response { throw std::bad_alloc{}; });
    application.on_admit("/door", [](Request&) -> Admission { throw std::runtime_error{"oops"}; });
    start();
    auto one = client();
    EXPECT_EQ(one.get("/broken").status, 500);
    EXPECT_EQ(one.get("/short").status, 503);
    EXPECT_EQ(one.get("/door").status, 500);
    EXPECT_EQ(one.get("/nothing").status, 404);
}

STEMLATHE_ON_BOTH_ROADS(HttpRequests);

} // namespace

} // namespace stemlathe::test
