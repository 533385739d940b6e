#include "tests/service/http/http_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

using service::EventFeed;
using service::Request;
using service::Response;
using service::ServerEvent;
using service::Wait;

/// What was committed so far; only the application thread touches it once the server runs.
struct Journal {
    std::int64_t last_id = 0;
    std::string data = "{}";
    bool is_revoked = false;
    std::atomic<int> open_feeds{0};
};

class JournalFeed : public EventFeed {
  public:
    JournalFeed(Journal& journal, std::int64_t seen) : journal_(journal), seen_(seen) {
        ++journal_.open_feeds;
    }

    ~JournalFeed() override {
        --journal_.open_feeds;
    }

    std::vector<ServerEvent> next() override {
        std::vector<ServerEvent> events;
        while (seen_ < journal_.last_id && events.size() < 256) {
            events.push_back({.id = ++seen_, .type = "tick", .data = journal_.data});
        }
        return events;
    }

    bool is_over() override {
        return journal_.is_revoked;
    }

  private:
    Journal& journal_;
    std::int64_t seen_;
};

class HttpEvents : public RoadFixture {
  protected:
    void SetUp() override {
        application.on("/events", [this](Request const& request) {
            auto const last = std::string{request.field("last-event-id")};
            auto const seen = last.empty() ? 0 : std::stoll(last);
            return Response{.body = std::make_unique<JournalFeed>(journal, seen)};
        });
    }

    void commit(std::int64_t count) {
        server->on_application_thread([&] { journal.last_id += count; });
        server->wake();
    }

    RawClient listener(std::int64_t last_id) {
        auto one = client();
        one.send(
            "GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: " + std::to_string(last_id) +
            "\r\n\r\n"
        );
        return one;
    }

    static std::string event(std::int64_t id) {
        return "id: " + std::to_string(id) + "\nevent: tick\ndata: {}\n\n";
    }

    Journal journal{};
};

TEST_P(HttpEvents, BeginWithWhatAProxyAndABrowserMustKnow) {
    start();
    auto one = listener(0);
    auto const response = one.response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.field("content-type"), "text/event-stream");
    EXPECT_EQ(response.field("x-accel-buffering"), "no");
    EXPECT_EQ(response.field("cache-control"), "no-store");
    EXPECT_EQ(response.field("content-length"), "");
    EXPECT_EQ(one.read_until("\n\n"), "retry: 2000\n\n");
}

TEST_P(HttpEvents, ComeWhenTheyAreCommitted) {
    start();
    auto one = listener(0);
    EXPECT_NE(one.read_until("retry: 2000\n\n"), "");
    for (std::int64_t id = 1; id <= 50; ++id) {
        commit(1);
        EXPECT_EQ(one.read_until("\n\n"), event(id));
    }
    commit(1'000); // more than one batch
    for (std::int64_t id = 51; id <= 1'050; ++id) {
        ASSERT_EQ(one.read_until("\n\n"), event(id));
    }
}

TEST_P(HttpEvents, GoOnWhereTheClientLeftOff) {
    start();
    commit(500);
    std::int64_t last = 0;
    for (int round = 0; round < 50; ++round) {
        auto one = listener(last);
        EXPECT_NE(one.read_until("retry: 2000\n\n"), "");
        for (int i = 0; i < 10; ++i) {
            EXPECT_EQ(one.read_until("\n\n"), event(++last));
        }
        one.vanish();
    }
    EXPECT_EQ(last, 500);
}

TEST_P(HttpEvents, AreReplacedByPingsWhenNothingHappens) {
    settings.limits.ping_time = std::chrono::milliseconds{20};
    start();
    auto one = listener(0);
    EXPECT_NE(one.read_until("retry: 2000\n\n"), "");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(one.read_until("\n\n"), ": ping\n\n");
    }
}

TEST_P(HttpEvents, EndWhenTheRightToThemDoes) {
    start();
    auto one = listener(0);
    EXPECT_NE(one.read_until("retry: 2000\n\n"), "");
    server->on_application_thread([&] {
        journal.is_revoked = true;
        journal.last_id = 1;
    });
    server->wake();
    EXPECT_EQ(one.rest(), "");
    EXPECT_TRUE(one.has_ended());
}

TEST_P(HttpEvents, EndBeforeTheyFillTheMemory) {
    settings.limits.event_bytes_max = 10'000;
    journal.data = std::string(1'000, 'x');
    journal.last_id = 100;
    start();
    auto one = listener(0);
    auto const text = one.rest();
    EXPECT_TRUE(one.has_ended());
    EXPECT_NE(text.find("id: 9\n"), std::string::npos);
    EXPECT_EQ(text.find("id: 10\n"), std::string::npos);
    EXPECT_TRUE(text.ends_with("\n\n"));
    EXPECT_NE(listener(9).rest().find("id: 10\n"), std::string::npos);
}

TEST_P(HttpEvents, LetGoOfClientsThatLeave) {
    settings.limits.ping_time = std::chrono::minutes{10}; // which would notice it too
    start();
    {
        std::vector<RawClient> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(listener(0));
            EXPECT_NE(clients.back().read_until("retry: 2000\n\n"), "");
        }
        EXPECT_EQ(journal.open_feeds, 20);
    }
    while (journal.open_feeds > 0) { // a feed that stays lets the test run into its time limit
        std::this_thread::yield();
    }
}

class HttpWaits : public RoadFixture {
  protected:
    void answer_when_done(std::chrono::milliseconds at_most) {
        application.on("/job", [this, at_most](Request const&) {
            ++asked;
            Response response{.body = std::string{is_done ? "done" : "running"}};
            if (!is_done) {
                response.wait = Wait{at_most};
            }
            return response;
        });
    }

    RawClient asking() {
        auto one = client();
        one.send("GET /job HTTP/1.1\r\nHost: a\r\n\r\n");
        return one;
    }

    std::atomic<bool> is_done{false};
    std::atomic<int> asked{0};
};

TEST_P(HttpWaits, AreAnsweredWhenSomethingIsCommitted) {
    answer_when_done(std::chrono::minutes{10});
    start();
    std::vector<RawClient> clients;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(asking());
    }
    server->wake(); // nothing that concerns them
    is_done = true;
    server->wake();
    for (auto& each : clients) {
        EXPECT_EQ(each.response().body, "done");
        EXPECT_EQ(each.get("/job").body, "done");
    }
}

TEST_P(HttpWaits, AreAnsweredAtTheLatestWhenTheirTimeIsUp) {
    answer_when_done(std::chrono::milliseconds{50});
    start();
    auto one = asking();
    EXPECT_EQ(one.response().body, "running");
    EXPECT_GE(asked, 2);
}

TEST_P(HttpWaits, EndWithTheClient) {
    answer_when_done(std::chrono::minutes{10});
    settings.limits.connections_per_peer_max = 1;
    start();
    asking().vanish();
    int status = 503;
    is_done = true; // but nobody wakes those who wait: only leaving makes room
    while (status == 503) {
        status = client().get("/job").status;
    }
    EXPECT_EQ(status, 200);
}

STEMLATHE_ON_BOTH_ROADS(HttpEvents);
STEMLATHE_ON_BOTH_ROADS(HttpWaits);

} // namespace

} // namespace stemlathe::test
