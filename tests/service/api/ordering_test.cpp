// Renders: what an order freezes, when it is refused, how it ends.

#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace stemlathe::test {
namespace {

namespace json = boost::json;

using Ordering = ApiTest;

TEST_F(Ordering, AnOrderFreezesAllThatTheWorkerNeeds) {
    auto const session =
        api.session(api.client, R"({"title":"Song","artist":"Band","notes":"loud"})");
    api.stem(session, "01_Drums.wav");
    auto const muted = api.stem(session, "02_Bass.wav");
    api.send(
        service::Method::patch,
        api.client,
        fmt::format("/v1/sessions/{}/stems/{}", session, muted),
        R"({"mute":true})",
        {{"if-match", "*"}}
    );
    api.send(
        service::Method::post,
        api.client,
        "/v1/sessions/" + session + "/comments",
        R"({"text":"0:47 - drums too loud"})"
    );
    api.order(
        api.client,
        session,
        R"({"plan":{"stem":[{"match":"drums","gain_db":-1}]},"deliveries":["streaming"],
            "class":"preview","from_s":10,"to_s":40.5,"apply_comments":true})"
    );
    auto const lease = api.queue.claim({.owner = "w", .kinds = {"render"}});
    ASSERT_TRUE(lease);
    auto const spec = json::parse(lease->spec).as_object();
    EXPECT_EQ(spec.at("details").at("artist").as_string(), "Band");
    ASSERT_EQ(spec.at("files").as_array().size(), 1U);
    EXPECT_EQ(spec.at("files").at(0).at("filename").as_string(), "01_Drums.wav");
    EXPECT_EQ(spec.at("files").at(0).at("digest").as_string().size(), 64U);
    EXPECT_EQ(spec.at("comments").at(0).at("start_s").to_number<double>(), 47.0);
    EXPECT_EQ(spec.at("deliveries").at(0).as_string(), "streaming");
    EXPECT_EQ(spec.at("from_s").to_number<double>(), 10.0);
    EXPECT_EQ(spec.at("to_s").to_number<double>(), 40.5);
    EXPECT_TRUE(spec.at("apply_comments").as_bool());
    EXPECT_TRUE(spec.at("review").as_bool());
    EXPECT_EQ(json::serialize(spec.at("plan")), R"({"stem":[{"match":"drums","gain_db":-1}]})");
}

TEST_F(Ordering, AnOrderThatCannotBeIsRefused) {
    auto const empty = api.session(api.client);
    auto const place = [](std::string const& session) {
        return "/v1/sessions/" + session + "/renders";
    };
    EXPECT_EQ(api.post(api.client, place(empty), "{}").problem(), "conflict");
    auto const session = api.song(api.client);
    for (auto const* body :
         {R"({"plan":{},"plan_id":"pln_1"})",
          R"({"from_s":5,"to_s":5})",
          R"({"class":"urgent"})",
          R"({"deliveries":["mp4"]})"}) {
        EXPECT_EQ(api.post(api.client, place(session), body).problem(), "invalid-document") << body;
    }
    EXPECT_EQ(api.post(api.client, place(session), R"({"plan_id":"pln_1"})").status, 404);
    EXPECT_EQ(api.post(api.client, place(session), R"({"round":"rou_1"})").status, 404);
    api.store.database().query("UPDATE stem SET state='probing' WHERE session=$1", {session});
    EXPECT_EQ(api.post(api.client, place(session), "{}").problem(), "conflict");
    api.is_draining = true;
    EXPECT_EQ(api.post(api.client, place(session), "{}").problem(), "unavailable");
    EXPECT_TRUE(api.get(api.client, place(session)).items().empty());
}

TEST_F(Ordering, AFullQueueSaysWhenToComeAgain) {
    api.send(
        service::Method::patch, api.owner, "/v1/clients/" + api.client_id, R"({"max_queued":1})"
    );
    auto const session = api.song(api.client);
    api.order(api.client, session);
    auto const refused = api.post(api.client, "/v1/sessions/" + session + "/renders", "{}");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.problem(), "queue-full");
    EXPECT_GT(std::stoi(refused.field("retry-after")), 0);
    EXPECT_EQ(api.get(api.client, "/v1/sessions/" + session).number("revisions"), 1);
}

TEST_F(Ordering, RevisionsAreNumberedAndSayWhatChanged) {
    auto const session = api.song(api.client);
    auto const first = api.revision(api.client, session, "one");
    auto const second = api.order(api.client, session, R"({"plan":{"bus":{"limiter":"off"}}})");
    auto const waiting = api.get(api.client, "/v1/renders/" + second);
    EXPECT_EQ(waiting.text("state"), "queued");
    EXPECT_EQ(waiting.number("position"), 1);
    EXPECT_EQ(waiting.field("retry-after"), "1");
    EXPECT_EQ(waiting.number("revision"), 2);
    EXPECT_EQ(
        json::serialize(waiting.json().at("changes")),
        R"([{"pointer":"/plan","before":null,"after":{"bus":{"limiter":"off"}}}])"
    );
    auto const done = api.get(api.client, "/v1/renders/" + first);
    EXPECT_EQ(done.text("state"), "succeeded");
    EXPECT_EQ(done.number("progress"), 100);
    EXPECT_TRUE(done.json().at("changes").as_array().empty());
    EXPECT_EQ(api.get(api.client, "/v1/sessions/" + session).text("state"), "in_review");
    EXPECT_EQ(api.get(api.client, "/v1/sessions/" + session + "/renders").items().size(), 2U);
}

TEST_F(Ordering, ARenderIsCanceledOnceAndAFailedOneSaysWhy) {
    auto const session = api.song(api.client);
    auto const waiting = api.order(api.client, session);
    auto const canceled = api.post(api.client, "/v1/renders/" + waiting + ":cancel");
    EXPECT_EQ(canceled.status, 200);
    EXPECT_EQ(canceled.text("state"), "canceled");
    auto const running = api.order(api.client, session);
    auto const lease = api.queue.claim({.owner = "w", .kinds = {"render"}});
    ASSERT_TRUE(lease);
    auto const stopping = api.post(api.client, "/v1/renders/" + running + ":cancel");
    EXPECT_EQ(stopping.status, 202);
    EXPECT_EQ(stopping.text("state"), "running");
    EXPECT_TRUE(stopping.json().at("cancelling").as_bool());
    EXPECT_EQ(api.queue.heartbeat(*lease, 1000, 10, "decode"), true);
    EXPECT_TRUE(api.queue.cancelled(*lease));
    auto const broken = api.order(api.client, session);
    auto const second = api.queue.claim({.owner = "w", .kinds = {"render"}});
    EXPECT_TRUE(
        api.queue.fail(*second, service::Outcome::input, "invalid_plan", "the plan cannot be")
    );
    auto const failed = api.get(api.client, "/v1/renders/" + broken);
    EXPECT_EQ(failed.text("state"), "failed");
    EXPECT_EQ(failed.json().at("problem").at("message").as_string(), "the plan cannot be");
    EXPECT_EQ(api.post(api.client, "/v1/renders/" + broken + ":cancel").problem(), "conflict");
}

TEST_F(Ordering, JobsAreListedByTheirShownState) {
    auto const session = api.song(api.client);
    api.order(api.client, session);
    api.order(api.client, session, R"({"plan":{"reference":"off"}})");
    static_cast<void>(api.queue.claim({.owner = "w", .kinds = {"render"}}));
    EXPECT_EQ(api.get(api.owner, "/v1/jobs").items().size(), 2U);
    EXPECT_EQ(api.get(api.owner, "/v1/jobs?state=running").items().size(), 1U);
    EXPECT_EQ(api.get(api.owner, "/v1/jobs?state=queued").items().size(), 1U);
    EXPECT_EQ(api.get(api.owner, "/v1/jobs?state=leased").problem(), "bad-request");
}

} // namespace
} // namespace stemlathe::test
