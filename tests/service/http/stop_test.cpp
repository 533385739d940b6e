#include "kernels/base/failure.hpp"
#include "tests/service/http/http_fixture.hpp"
#include "tests/service/http/recorded_sink.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace stemlathe::test {

namespace {

using service::Admission;
using service::Request;
using service::Response;

class HttpStop : public RoadFixture {
  protected:
    void SetUp() override {
        settings.limits.linger_time = std::chrono::milliseconds{100};
    }
};

class SilentFeed : public service::EventFeed {
  public:
    std::vector<service::ServerEvent> next() override {
        return {};
    }

    bool is_over() override {
        return false;
    }
};

TEST_P(HttpStop, EndsIdleConnectionsAndAcceptsNoMore) {
    say_hello_at("/hello");
    start();
    auto fresh = client();
    auto served = client();
    EXPECT_EQ(served.get("/hello").status, 200);
    auto const port = server->port();
    server->stop();
    EXPECT_EQ(fresh.rest(), "");
    EXPECT_TRUE(fresh.has_ended());
    EXPECT_EQ(served.rest(), "");
    EXPECT_TRUE(served.has_ended());
    EXPECT_THROW(RawClient{port}, std::system_error);
    server->stop();
}

TEST_P(HttpStop, LetsRequestsUnderWayFinish) {
    std::promise<void> is_inside;
    std::promise<void> may_go;
    application.on("/slow", [&](Request const&) {
        is_inside.set_value();
        may_go.get_future().wait();
        return Response{.body = std::string{"finished"}};
    });
    start();
    auto one = client();
    one.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    is_inside.get_future().wait();
    std::thread stopping{[&] {
        server->stop();
    }};
    may_go.set_value();
    auto const response = one.response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "finished");
    EXPECT_EQ(one.rest(), "");
    EXPECT_TRUE(one.has_ended());
    stopping.join();
}

TEST_P(HttpStop, CutsOffUploadsStreamsAndWaits) {
    SinkRecord record;
    application.on_admit("/up", [&](Request&) {
        return Admission{.sink = std::make_unique<RecordedSink>(record)};
    });
    application.on("/events", [](Request const&) {
        return Response{.body = std::make_unique<SilentFeed>()};
    });
    std::atomic<int> asked{0};
    application.on("/wait", [&](Request const&) {
        ++asked;
        return Response{.status = 202, .wait = service::Wait{.at_most = std::chrono::minutes{10}}};
    });
    start();
    auto upload = client();
    upload.send("PATCH /up HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nhalf");
    record.wait_until([](auto const& state) { return state.body == "half"; });
    auto stream = client();
    stream.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(stream.read_until("retry: 2000\n\n"), "");
    auto wait = client();
    wait.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    while (asked == 0) {
        std::this_thread::yield();
    }
    std::thread stopping{[&] {
        server->stop();
    }};
    EXPECT_EQ(upload.response().status, 202);
    EXPECT_EQ(stream.rest(), "");
    EXPECT_TRUE(stream.has_ended());
    EXPECT_EQ(wait.response().status, 202);
    stopping.join();
    auto const state = record.wait_until([](auto const& each) { return each.is_destroyed; });
    EXPECT_EQ(state.finished, 1);
    EXPECT_FALSE(state.is_complete);
    server.reset();
    state.interrupt(); // the server is gone
}

TEST_P(HttpStop, CutsOffWhatOutlivesTheDrainTime) {
    settings.limits.drain_time = std::chrono::milliseconds{50};
    application.on("/large", [](Request const&) {
        return Response{.body = std::string(64U << 20U, 'x')};
    });
    start();
    auto slow = client();
    slow.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(slow.read_until("\r\n\r\n"), "");
    server->stop();
    EXPECT_LT(slow.rest().size(), std::size_t{64U << 20U});
    EXPECT_TRUE(slow.has_ended());
}

TEST_P(HttpStop, KeepsTheApplicationThreadForLastWork) {
    start();
    server->stop();
    bool is_run = false;
    server->on_application_thread([&] { is_run = true; });
    EXPECT_TRUE(is_run);
    EXPECT_THROW(
        server->on_application_thread([] { throw std::runtime_error{"oops"}; }), std::runtime_error
    );
    server->wake();
}

TEST_P(HttpStop, IsNotNeededWhereListeningFails) {
    start();
    auto taken = settings;
    taken.port = server->port();
    EXPECT_THROW((service::HttpServer{taken, application}), Failure);
    auto wrong = settings;
    wrong.address = "localhost";
    EXPECT_THROW((service::HttpServer{wrong, application}), Failure);
    auto six = settings;
    six.address = "::1";
    EXPECT_NO_THROW((service::HttpServer{six, application}));
}

STEMLATHE_ON_BOTH_ROADS(HttpStop);

} // namespace

} // namespace stemlathe::test
