#include "tests/service/http/http_fixture.hpp"
#include "tests/service/http/recorded_sink.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

/// The whole server under everything at once, for the thread sanitizer.
namespace stemlathe::test {

namespace {

using service::Admission;
using service::Request;
using service::Response;

class CountingFeed : public service::EventFeed {
  public:
    explicit CountingFeed(std::int64_t const& last) : last_(last), seen_(last) {}

    std::vector<service::ServerEvent> next() override {
        std::vector<service::ServerEvent> events;
        while (seen_ < last_) {
            events.push_back({.id = ++seen_, .type = "tick", .data = "{}"});
        }
        return events;
    }

    bool is_over() override {
        return false;
    }

  private:
    std::int64_t const& last_;
    std::int64_t seen_;
};

class HttpThreads : public RoadFixture {
  protected:
    void SetUp() override {
        say_hello_at("/hello");
        application.on_admit("/up", [this](Request&) {
            return Admission{.sink = std::make_unique<RecordedSink>(record)};
        });
        application.on("/events", [this](Request const&) {
            return Response{.body = std::make_unique<CountingFeed>(committed)};
        });
        application.on("/wait", [this](Request const&) {
            Response response{.body = std::to_string(committed)};
            if (committed % 3 != 0) {
                response.wait = service::Wait{.at_most = std::chrono::milliseconds{20}};
            }
            return response;
        });
    }

    SinkRecord record{};
    std::int64_t committed = 0; ///< belongs to the application thread
};

TEST_P(HttpThreads, ServeUploadsStreamsWaitsAndRequestsTogether) {
    start();
    std::atomic<bool> goes_on{true};
    std::atomic<bool> is_committing{true};
    std::vector<std::thread> threads;
    threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i) {
            EXPECT_EQ(client().get("/hello").status, 200);
            EXPECT_EQ(client().get("/wait").status, 200);
        }
        goes_on = false;
    });
    threads.emplace_back([&] {
        while (goes_on) {
            auto one = client();
            one.send("PATCH /up HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n");
            one.send(std::string(90'000, 'x'));
            auto const status = one.response().status;
            EXPECT_TRUE(status == 204 || status == 202) << status;
        }
    });
    std::thread committer{[&] { // interrupts whatever upload is under way, or was
        while (is_committing) {
            std::function<void()> interrupt;
            record.change([&](auto& state) { interrupt = state.interrupt; });
            if (interrupt) {
                interrupt();
            }
            server->on_application_thread([&] { ++committed; });
            server->wake();
        }
    }};
    threads.emplace_back([&] {
        while (goes_on) {
            auto one = client();
            one.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
            EXPECT_TRUE(one.read_until("event: tick").ends_with("event: tick"));
        }
    });
    for (auto& thread : threads) {
        thread.join();
    }
    is_committing = false;
    committer.join();
}

TEST_P(HttpThreads, StopWhileEverythingIsUnderWay) {
    for (int round = 0; round < 5; ++round) {
        start();
        std::vector<std::thread> threads;
        std::atomic<int> served{0};
        for (auto const* const path : {"/hello", "/wait", "/events", "/up"}) {
            threads.emplace_back([&, path, port = server->port()] {
                try {
                    while (true) {
                        RawClient one{port, "127.0.0.1", road};
                        one.send("PUT " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n");
                        one.send("Connection: close\r\n\r\n");
                        (void)one.read_until("\n\n");
                        ++served;
                    }
                } catch (std::system_error const&) { // nobody listens any more
                }
            });
        }
        while (served < 50) {
            server->on_application_thread([&] { ++committed; });
            server->wake();
        }
        server->stop();
        for (auto& thread : threads) {
            thread.join();
        }
        server.reset();
    }
}

STEMLATHE_ON_BOTH_ROADS(HttpThreads);

} // namespace

} // namespace stemlathe::test
