// POST /v1/quick: session, plan and render in one call, or nothing of them.

#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace stemlathe::test {
namespace {

namespace json = boost::json;

class Quick : public ApiTest {
  protected:
    std::string preset(std::string_view plan) {
        auto const body = fmt::format(R"({{"name":"Loud","plan":{},"deliveries":["cd"]}})", plan);
        return api.post(api.client, "/v1/presets", body).text("id");
    }

    Answer order(std::string const& more) {
        return api.post(
            api.client, "/v1/quick", fmt::format(R"({{"session":"{}"{}}})", song, more)
        );
    }

    /// What a refused call must not have changed.
    void expect_nothing_happened() {
        EXPECT_EQ(api.get(api.client, place).number("version"), 1);
        EXPECT_TRUE(api.get(api.client, place + "/plans").items().empty());
        EXPECT_TRUE(api.get(api.client, place + "/renders").items().empty());
        EXPECT_EQ(api.get(api.owner, "/v1/system").number("queued"), 0);
    }

    std::string song = api.song(api.client);
    std::string place = "/v1/sessions/" + song;
};

TEST_F(Quick, OneCallMakesPlanAndRevisionByAPreset) {
    auto const id = preset(R"({"bus":{"limiter":"off"}})");
    auto const answer = order(fmt::format(R"(,"preset":"{}","title":"New","class":"bulk")", id));
    ASSERT_EQ(answer.status, 202) << answer.body;
    auto const made = answer.json();
    EXPECT_EQ(made.at("session").at("title"), "New");
    EXPECT_EQ(made.at("session").at("preset").as_string(), id);
    EXPECT_EQ(made.at("session").at("revisions"), 1);
    EXPECT_EQ(made.at("plan").at("name"), "Loud");
    EXPECT_EQ(json::serialize(made.at("plan").at("plan")), R"({"bus":{"limiter":"off"}})");
    EXPECT_TRUE(made.at("plan").at("used").as_bool());
    EXPECT_EQ(made.at("render").at("state"), "queued");
    EXPECT_EQ(made.at("render").at("class"), "bulk");
    EXPECT_EQ(json::serialize(made.at("render").at("deliveries")), R"(["cd"])");
    EXPECT_EQ(made.at("render").at("plan"), made.at("plan").at("plan"));
    auto const place_of_render =
        "/v1/renders/" + std::string{made.at("render").at("id").as_string()};
    EXPECT_EQ(answer.field("location"), place_of_render);
    EXPECT_EQ(api.get(api.client, place).text("title"), "New");
    EXPECT_EQ(api.get(api.client, place + "/plans").items().size(), 1U);
    api.finish_job("1");
    EXPECT_EQ(api.get(api.client, place_of_render).text("state"), "succeeded");
}

TEST_F(Quick, WhatTheBodySaysGoesBeforeThePreset) {
    auto const id = preset(R"({"bus":{"limiter":"off"}})");
    auto const made = order(fmt::format(
                                R"(,"preset":"{}","plan":{{"masking":{{"fix":"off"}}}},)"
                                R"("name":"mine","deliveries":["vinyl"])",
                                id
                            ))
                          .json();
    EXPECT_EQ(json::serialize(made.at("plan").at("plan")), R"({"masking":{"fix":"off"}})");
    EXPECT_EQ(made.at("plan").at("name"), "mine");
    EXPECT_EQ(json::serialize(made.at("render").at("deliveries")), R"(["vinyl"])");
    auto const automatic = api.song(api.client);
    auto const plain =
        api.post(api.client, "/v1/quick", fmt::format(R"({{"session":"{}"}})", automatic));
    EXPECT_EQ(json::serialize(plain.json().at("plan").at("plan")), "{}");
}

TEST_F(Quick, ARepeatedCallDoesNothingTwice) {
    auto const body = fmt::format(R"({{"session":"{}"}})", song);
    auto const send = [&](Sent const& fields) {
        return api.send(service::Method::post, api.client, "/v1/quick", body, fields);
    };
    EXPECT_EQ(send({}).problem(), "idempotency-key-missing");
    auto const first = send({{"idempotency-key", "k"}});
    auto const again = send({{"idempotency-key", "k"}});
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("location"), first.field("location"));
    EXPECT_EQ(again.field("idempotency-replayed"), "true");
    EXPECT_EQ(api.get(api.client, place + "/renders").items().size(), 1U);
}

/// The last step refuses, and takes the first two with it.
TEST_F(Quick, WhatIsRefusedLeavesNothingBehind) {
    auto const unfit = preset(R"({"stem":[{"match":"theremin","gain_db":-1}]})");
    EXPECT_EQ(order(fmt::format(R"(,"preset":"{}")", unfit)).problem(), "invalid-plan");
    expect_nothing_happened();
    for (auto const* wrong :
         {R"(,"title":"New","class":"urgent")",
          R"(,"title":"New","from_s":5,"to_s":4)",
          R"(,"title":"New","name":"")",
          R"(,"title":7)",
          R"(,"archived":true)",
          R"(,"plan_id":"pln_x")",
          R"(,"uploads":["upl_x"])"}) {
        EXPECT_EQ(order(wrong).problem(), "invalid-document") << wrong;
        expect_nothing_happened();
    }
    EXPECT_EQ(order(R"(,"title":"New","round":"rou_none")").problem(), "not-found");
    EXPECT_EQ(order(R"(,"title":"New","preset":"pre_none")").problem(), "not-found");
    expect_nothing_happened();
    api.store.database().query("UPDATE tenant SET max_queued=1 WHERE id=$1", {api.client_id});
    api.order(api.client, api.song(api.client));
    auto const full = order(R"(,"title":"New")");
    EXPECT_EQ(full.problem(), "queue-full");
    EXPECT_NE(full.field("retry-after"), "");
    EXPECT_EQ(api.get(api.client, place).number("version"), 1);
    EXPECT_TRUE(api.get(api.client, place + "/plans").items().empty());
    api.is_draining = true;
    EXPECT_EQ(order("").problem(), "unavailable");
}

TEST_F(Quick, ItIsForWhoMayDoAllOfIt) {
    auto const body = fmt::format(R"({{"session":"{}"}})", song);
    EXPECT_EQ(api.post(api.stranger, "/v1/quick", body).problem(), "not-found");
    for (auto const* scope : {R"(["renders:write"])", R"(["sessions:write"])"}) {
        auto const token = api.token_for("client", api.client_id, scope);
        EXPECT_EQ(api.post(token, "/v1/quick", body).problem(), "forbidden") << scope;
    }
    expect_nothing_happened();
    auto const both =
        api.token_for("client", api.client_id, R"(["renders:write","sessions:write"])");
    EXPECT_EQ(api.post(both, "/v1/quick", body).status, 202);
    for (auto const* wrong : {"{}", R"({"session":7})", R"({"session":""})"}) {
        EXPECT_EQ(api.post(both, "/v1/quick", wrong).problem(), "invalid-document") << wrong;
    }
}

TEST_F(Quick, StemsMustBeThereAndReady) {
    auto const empty = api.session(api.client);
    EXPECT_EQ(
        api.post(api.client, "/v1/quick", fmt::format(R"({{"session":"{}"}})", empty)).problem(),
        "conflict"
    );
    api.store.database().query("UPDATE stem SET state='probing' WHERE session=$1", {song});
    EXPECT_EQ(order("").problem(), "conflict");
    expect_nothing_happened();
}

} // namespace
} // namespace stemlathe::test
