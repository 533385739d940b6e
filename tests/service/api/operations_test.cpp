// Limits and figures of the API, as an operator meets them.

#include "service/limits/rate_limits.hpp"
#include "service/metrics/job_figures.hpp"
#include "service/metrics/service_figures.hpp"
#include "tests/service/api/test_api.hpp"
#include "tests/service/metrics/exposition_reader.hpp"

#include <fmt/format.h>

#include <future>
#include <thread>

namespace stemlathe::test {
namespace {

using service::Method;
using service::RateLimits;

class LimitedApi : public ApiTest {
  protected:
    void SetUp() override {
        api.services.steady_ms = [this] {
            return clock_ms;
        };
        api.services.rates = &rates;
        api.services.figures = &figures;
    }

    /// How many of so many requests were not answered 429.
    int answered(std::string_view token, int tries, std::string_view target = "/v1/sessions") {
        int count = 0;
        for (int i = 0; i < tries; ++i) {
            count += api.get(token, target).status == 429 ? 0 : 1;
        }
        return count;
    }

    std::int64_t clock_ms = 1'000'000;
    RateLimits rates{
        {.token = {.per_s = 1.0, .burst = 10.0},
         .client = {.per_s = 1.0, .burst = 15.0},
         .address = {.per_s = 0.1, .burst = 5.0}}};
    service::ServiceFigures figures{};
};

TEST_F(LimitedApi, ATokenIsAnsweredAsOftenAsItMayAskAndThenToldWhenToComeBack) {
    EXPECT_EQ(answered(api.client, 20), 10);
    auto const refused = api.get(api.client, "/v1/sessions");
    EXPECT_EQ(refused.problem(), "too-many-requests");
    EXPECT_EQ(refused.field("retry-after"), "1");
    EXPECT_EQ(refused.number("retry_after"), 1);
    EXPECT_EQ(refused.field("ratelimit-policy"), "\"token\";q=10;w=10");
    EXPECT_EQ(refused.field("ratelimit"), "\"token\";r=0;t=10");
    EXPECT_EQ(answered(api.stranger, 1), 1) << "others are not held up";
    clock_ms += 3'000;
    EXPECT_EQ(answered(api.client, 20), 3);
    auto const last = api.get(api.stranger, "/v1/sessions");
    EXPECT_EQ(last.status, 200);
    EXPECT_EQ(last.field("ratelimit"), "\"token\";r=9;t=1");
}

TEST_F(LimitedApi, AClientGetsNoMoreByHavingMoreTokens) {
    api.services.rates = nullptr;
    auto const second = api.token_for("client", api.client_id);
    auto const third = api.token_for("client", api.client_id);
    api.services.rates = &rates;
    EXPECT_EQ(answered(api.client, 10) + answered(second, 10) + answered(third, 5), 15);
    EXPECT_EQ(api.get(third, "/v1/sessions").field("ratelimit-policy"), "\"client\";q=15;w=15");
    EXPECT_EQ(answered(api.owner, 10), 10) << "the house is no client";
}

TEST_F(LimitedApi, WhoIsNotKnownIsCountedByAddress) {
    EXPECT_EQ(answered("", 3, "/healthz"), 3);
    EXPECT_EQ(answered(api.client + "x", 9), 2) << "a wrong token is no token";
    EXPECT_EQ(api.get("slk_other", "/v1/sessions").problem(), "too-many-requests");
    EXPECT_EQ(answered(api.client, 1), 1) << "who has a token is not held up by its neighbours";
    api.peer = "2001:db8::1";
    EXPECT_EQ(answered("", 9, "/healthz"), 5);
    api.peer = "2001:db8::ffff";
    EXPECT_EQ(answered("", 9, "/healthz"), 0) << "the same network";
    clock_ms += 20'000;
    EXPECT_EQ(answered("", 9, "/healthz"), 2);
}

TEST_F(LimitedApi, WhatIsRefusedDoesNothing) {
    EXPECT_EQ(answered(api.client, 10), 10);
    auto const commits = api.commits;
    EXPECT_EQ(api.post(api.client, "/v1/sessions", "{}").status, 429);
    EXPECT_EQ(api.commits, commits);
}

TEST_F(LimitedApi, TheFiguresTellOfIt) {
    api.services.rates = nullptr;
    auto const song = api.song(api.client);
    static_cast<void>(api.revision(api.client, song, "1"));
    static_cast<void>(api.order(api.client, song, R"({"plan":null,"class":"bulk"})"));
    api.services.rates = &rates;
    static_cast<void>(answered(api.client, 12));
    auto const answer = api.get(api.owner, "/metrics");
    EXPECT_EQ(answer.field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    auto const read = read_exposition(answer.body);
    EXPECT_TRUE(read.faults.empty()) << read.faults.front();
    EXPECT_EQ(read.value("stemlathe_rate_limited_total{by=\"token\"}"), 2.0);
    EXPECT_EQ(read.value("stemlathe_jobs{state=\"queued\",class=\"bulk\"}"), 1.0);
    EXPECT_EQ(read.value("stemlathe_jobs{state=\"queued\",class=\"normal\"}"), 0.0);
    EXPECT_EQ(read.value("stemlathe_jobs{state=\"running\",class=\"preview\"}"), 0.0);
    EXPECT_GT(read.value("stemlathe_blobs"), 2.0);
    EXPECT_GT(read.value("stemlathe_blobs_bytes"), 10.0);
    EXPECT_EQ(read.value("stemlathe_uploads_open"), 0.0);
    EXPECT_EQ(read.value("stemlathe_build_info{version=\"1.0\",engine=\"1.0\"}"), 1.0);
    for (auto const& secret : {api.client_id, api.stranger_id, song}) {
        EXPECT_EQ(answer.body.find(secret), std::string::npos)
            << "a label names a client or a song";
    }
}

TEST_F(ApiTest, FiguresTellOfTheLastScrub) {
    auto const figure = [&](std::string const& name) {
        auto const read = read_exposition(api.get(api.owner, "/metrics").body);
        EXPECT_TRUE(read.faults.empty()) << read.faults.front();
        return read.value("stemlathe_scrub_" + name);
    };
    EXPECT_EQ(figure("finished_timestamp_seconds"), 0.0);
    EXPECT_TRUE(api.get(api.owner, "/v1/system").json().at("scrub").is_null());
    auto const note = [&](std::string const& body) {
        return api.post(api.owner, "/v1/scrubs", body);
    };
    EXPECT_EQ(note(R"({"files":9,"bytes":900,"damaged":2})").status, 201);
    api.store.advance(1'000);
    EXPECT_EQ(note(R"({"files":12,"bytes":1200,"damaged":1})").status, 201);
    EXPECT_EQ(figure("finished_timestamp_seconds"), static_cast<double>(kTestClock_ms) / 1e3 + 1.0);
    EXPECT_EQ(figure("files"), 12.0);
    EXPECT_EQ(figure("damaged"), 1.0);
    EXPECT_EQ(api.get(api.owner, "/v1/system").json().at("scrub").at("bytes"), 1'200);
    EXPECT_EQ(note(R"({"files":12,"bytes":1200})").problem(), "invalid-document");
    EXPECT_EQ(note(R"({"files":-1,"bytes":0,"damaged":0})").problem(), "invalid-document");
    EXPECT_EQ(figure("files"), 12.0);
}

/// Counted once each, whichever worker did it, and nothing that was over before.
TEST_F(ApiTest, FiguresTellWhatBecameOfJobs) {
    service::JobFigures jobs;
    api.services.job_figures = &jobs;
    constexpr std::int64_t kVisible_ms = 16'000;
    auto const song = api.song(api.client);
    static_cast<void>(api.revision(api.client, song, "0"));
    api.store.advance(kVisible_ms);
    EXPECT_EQ(api.get(api.owner, "/metrics").status, 200); // begins to count
    static_cast<void>(api.revision(api.client, song, "1"));
    static_cast<void>(api.order(api.client, song));
    auto const lost = api.queue.claim({.owner = "x", .kinds = {"render"}, .lease_ms = 1'000});
    ASSERT_TRUE(lost);
    api.store.advance(2'000);
    EXPECT_EQ(api.queue.reap(), 1);
    api.store.advance(kVisible_ms);
    for (int i = 0; i < 2; ++i) {
        auto const read = read_exposition(api.get(api.owner, "/metrics").body);
        EXPECT_TRUE(read.faults.empty()) << read.faults.front();
        EXPECT_EQ(read.value("stemlathe_jobs_total{kind=\"render\",state=\"succeeded\"}"), 1.0);
        EXPECT_EQ(
            read.value("stemlathe_job_attempts_total{kind=\"render\",outcome=\"lost\"}"), 1.0
        );
        EXPECT_EQ(
            read.value("stemlathe_job_attempts_total{kind=\"render\",outcome=\"succeeded\"}"), 1.0
        );
        api.store.advance(kVisible_ms);
    }
    // What a render tells of itself; one second ago is too early to tell.
    api.store.database().query(
        "UPDATE job SET finished=now_ms(), result='{\"wall_s\":2.0,\"x_realtime\":90.5}' "
        "WHERE id IN(SELECT id FROM job WHERE state='succeeded' ORDER BY id LIMIT 1)"
    );
    api.store.advance(1'000);
    static_cast<void>(api.get(api.owner, "/metrics"));
    api.store.advance(kVisible_ms);
    auto const read = read_exposition(api.get(api.owner, "/metrics").body);
    EXPECT_EQ(read.value("stemlathe_render_seconds_bucket{le=\"2.5\"}"), 1.0);
    EXPECT_EQ(read.value("stemlathe_render_x_realtime_bucket{le=\"50\"}"), 0.0);
    EXPECT_EQ(read.value("stemlathe_render_x_realtime_bucket{le=\"100\"}"), 1.0);
}

/// Whoever is on the machine reads the figures, unless a proxy on it speaks for somebody else.
TEST_F(ApiTest, FiguresNeedNoTokenOnTheMachineItself) {
    EXPECT_EQ(api.get("", "/metrics").status, 200);
    for (auto const* field : {"x-forwarded-for", "forwarded", "via", "x-real-ip"}) {
        EXPECT_EQ(api.get("", "/metrics", {{field, "x"}}).status, 401) << field;
    }
    for (auto const* peer : {"203.0.113.7", "::ffff:203.0.113.7", "2001:db8::1", ""}) {
        api.peer = peer;
        EXPECT_EQ(api.get("", "/metrics").status, 401) << peer;
        EXPECT_EQ(api.get(api.client, "/metrics").status, 403) << peer;
        EXPECT_EQ(api.get(api.owner, "/metrics").status, 200) << peer;
    }
    for (auto const* peer : {"::1", "127.8.8.8", "::ffff:127.0.0.1"}) {
        api.peer = peer;
        EXPECT_EQ(api.get("", "/metrics").status, 200) << peer;
        EXPECT_EQ(api.get("", "/v1/system").status, 401) << peer;
    }
}

/// The order of events alone says it: the copy cannot end before the other requests are answered.
TEST_F(ApiTest, ASnapshotIsMadeWhileOthersAreAnswered) {
    std::promise<void> others_answered;
    api.copies = [gate = others_answered.get_future().share(
                  )](std::filesystem::path const& file, std::stop_token const&) {
        gate.wait();
        write_file(file, "copy");
    };
    auto const begun = api.post(api.owner, "/v1/snapshots", "{}");
    EXPECT_EQ(begun.status, 202);
    EXPECT_EQ(begun.text("state"), "running");
    auto const place = begun.field("location");
    EXPECT_EQ(place, "/v1/snapshots/" + begun.text("id"));
    EXPECT_EQ(api.get(api.client, "/v1/sessions/" + api.session(api.client)).status, 200);
    auto const second = api.post(api.owner, "/v1/snapshots", "{}");
    EXPECT_EQ(second.problem(), "locked");
    EXPECT_EQ(second.field("retry-after"), "2");
    auto const running = api.get(api.owner, place, {{"prefer", "wait=20"}});
    EXPECT_EQ(running.text("state"), "running");
    EXPECT_EQ(running.field("retry-after"), "1");
    others_answered.set_value();
    while (api.get(api.owner, place).text("state") == "running") {
        std::this_thread::yield();
    }
    EXPECT_EQ(api.get(api.owner, place).text("state"), "ready");
    EXPECT_EQ(read_file(api.folder.path() / begun.text("file")), "copy");
    auto const noted = api.get(api.owner, "/v1/audit?action=snapshot.created").items();
    ASSERT_EQ(noted.size(), 1U) << "the one that was refused is none";
    EXPECT_EQ(noted[0].at("subject").as_string(), begun.text("id"));
}

TEST_F(ApiTest, ASnapshotSaysWhyItFailedAndEndsWithTheService) {
    api.copies = [](std::filesystem::path const&, std::stop_token const&) {
        throw Failure{Code::storage_full, "the disk under it is full"};
    };
    auto const outcome = [&](bool is_stopped) {
        auto const place = api.post(api.owner, "/v1/snapshots", "{}").field("location");
        if (is_stopped) {
            api.snapshots.stop();
        }
        while (api.get(api.owner, place).text("state") == "running") {
            std::this_thread::yield();
        }
        return api.get(api.owner, place);
    };
    EXPECT_EQ(outcome(false).text("problem"), "the disk under it is full");
    api.copies = [](std::filesystem::path const&, std::stop_token const& stop) {
        while (!stop.stop_requested()) {
            std::this_thread::yield();
        }
        throw Failure{Code::cancelled, "it was stopped"};
    };
    EXPECT_EQ(outcome(true).text("problem"), "it was stopped");
    api.snapshots.stop_and_wait();
    EXPECT_FALSE(api.snapshots.begin()) << "nobody waits for another one";
    api.is_draining = true;
    EXPECT_EQ(api.post(api.owner, "/v1/snapshots", "{}").problem(), "unavailable");
    api.is_draining = false;
    EXPECT_EQ(api.get(api.owner, "/v1/snapshots/snp_1").problem(), "not-found");
    api.services.snapshots = nullptr;
    EXPECT_EQ(api.get(api.owner, "/v1/snapshots/snp_1").problem(), "not-found");
    auto const refused = api.post(api.owner, "/v1/snapshots", "{}");
    EXPECT_EQ(refused.problem(), "conflict");
    EXPECT_NE(refused.text("detail").find("PostgreSQL"), std::string::npos);
}

} // namespace
} // namespace stemlathe::test
