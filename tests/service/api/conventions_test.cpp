// What all operations have in common: who asks, versions, repeated requests, pages, refusals.

#include "service/api/idempotency.hpp"
#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace stemlathe::test {
namespace {

using Conventions = ApiTest;

TEST_F(Conventions, RefusalsAreProblemDocuments) {
    auto const answer = api.get(api.client, "/v1/sessions/ses_none");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.field("content-type"), "application/problem+json");
    EXPECT_EQ(answer.text("type"), "/problems/not-found");
    EXPECT_EQ(answer.number("status"), 404);
    EXPECT_TRUE(answer.text("request_id").starts_with("req_"));
    EXPECT_EQ(api.get(api.client, "/v1/nothing").problem(), "not-found");
}

TEST_F(Conventions, AWrongMethodIsToldTheRightOnes) {
    auto const answer = api.send(service::Method::put, api.client, "/v1/sessions");
    EXPECT_EQ(answer.problem(), "method-not-allowed");
    EXPECT_EQ(answer.field("allow"), "POST, GET");
}

TEST_F(Conventions, NobodyAndAWrongTokenAreAskedForOne) {
    EXPECT_EQ(api.get("", "/v1/sessions").status, 401);
    for (auto const& token : std::vector<std::string>{
             "slk_", "slk__", "x", api.client + "x", api.client.substr(0, api.client.size() - 1)}) {
        auto const answer = api.get(token, "/v1/sessions");
        EXPECT_EQ(answer.status, 401) << token;
        EXPECT_EQ(answer.field("www-authenticate"), "Bearer");
    }
    EXPECT_EQ(api.get("", "/v1/sessions", {{"authorization", "Basic abc"}}).status, 401);
}

TEST_F(Conventions, EveryByteOfATokenCounts) {
    for (std::size_t i = 0; i < api.client.size(); ++i) {
        auto token = api.client;
        token[i] = token[i] == 'a' ? 'b' : 'a';
        EXPECT_EQ(api.get(token, "/v1/sessions").status, 401) << i;
    }
    EXPECT_EQ(api.get(api.client, "/v1/sessions").status, 200);
}

TEST_F(Conventions, RevokedAndExpiredTokensEnd) {
    auto const made = api.send(
        service::Method::post, api.owner, "/v1/tokens", R"({"name":"t","expires_in_s":60})"
    );
    EXPECT_EQ(api.get(made.text("token"), "/v1/sessions").status, 200);
    api.store.advance(60'000);
    EXPECT_EQ(api.get(made.text("token"), "/v1/sessions").status, 401);
    auto const other = api.send(service::Method::post, api.owner, "/v1/tokens", R"({"name":"t"})");
    EXPECT_EQ(
        api.send(service::Method::del, api.owner, "/v1/tokens/" + other.text("id")).status, 204
    );
    EXPECT_EQ(api.get(other.text("token"), "/v1/sessions").status, 401);
}

TEST_F(Conventions, ScopesLimitATokenBelowItsRole) {
    auto const reads = api.token_for("client", api.client_id, R"(["sessions:read"])");
    EXPECT_EQ(api.get(reads, "/v1/sessions").status, 200);
    EXPECT_EQ(api.send(service::Method::post, reads, "/v1/sessions", "{}").problem(), "forbidden");
    auto const engineer = api.token_for("engineer", "house", R"(["sessions:read"])");
    EXPECT_EQ(api.get(engineer, "/v1/system").problem(), "forbidden");
}

TEST_F(Conventions, SecretsAreNotInTheStore) {
    auto const made = api.post(
        api.client, "/v1/sessions/" + api.session(api.client) + "/shares", R"({"recipient":"Ada"})"
    );
    for (auto const& secret : {api.client, made.text("token")}) {
        auto const plain = secret.substr(secret.find('_', 4) + 1);
        for (auto const* places :
             {"secret_hash AS kept FROM token",
              "secret_hash AS kept FROM share",
              "response AS kept FROM idempotency",
              "data AS kept FROM event"}) {
            for (auto const& row : api.store.database().query(fmt::format("SELECT {}", places))) {
                EXPECT_EQ(row.text("kept").find(plain), std::string::npos) << places;
            }
        }
    }
}

TEST_F(Conventions, DocumentsHaveAVersionThatChangesMustName) {
    auto const place = "/v1/sessions/" + api.session(api.client);
    auto const shown = api.get(api.client, place);
    EXPECT_EQ(shown.field("etag"), "\"v1\"");
    EXPECT_EQ(api.get(api.client, place, {{"if-none-match", "\"v1\""}}).status, 304);
    EXPECT_EQ(
        api.send(service::Method::patch, api.client, place, "{}").problem(), "version-required"
    );
    auto const changed =
        api.send(service::Method::patch, api.client, place, R"({"title":"New"})", if_match(shown));
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.field("etag"), "\"v2\"");
    EXPECT_EQ(
        api.send(service::Method::patch, api.client, place, R"({"title":"Late"})", if_match(shown))
            .problem(),
        "stale-version"
    );
    EXPECT_EQ(api.get(api.client, place).text("title"), "New");
    EXPECT_EQ(api.get(api.client, place, {{"if-none-match", "\"v1\""}}).status, 200);
    EXPECT_EQ(
        api.send(service::Method::del, api.client, place, "", {{"if-match", "\"v1\""}}).status, 412
    );
    EXPECT_EQ(
        api.send(service::Method::del, api.client, place, "", {{"if-match", "*"}}).status, 204
    );
    EXPECT_EQ(api.get(api.client, place).status, 404);
}

TEST_F(Conventions, ARepeatedRequestDoesNothingTwice) {
    Sent const key{{"idempotency-key", "one"}};
    auto const send = [&](std::string const& token, std::string const& body) {
        return api.send(service::Method::post, token, "/v1/sessions", body, key);
    };
    auto const first = send(api.client, R"({"title":"A"})");
    auto const commits = api.commits;
    auto const again = send(api.client, R"({"title":"A"})");
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("location"), first.field("location"));
    EXPECT_EQ(again.field("idempotency-replayed"), "true");
    EXPECT_EQ(api.commits, commits);
    EXPECT_EQ(send(api.client, R"({"title":"B"})").problem(), "idempotency-key-reused");
    EXPECT_EQ(api.get(api.client, "/v1/sessions").items().size(), 1U);
    // One client's keys are nobody else's.
    EXPECT_NE(send(api.stranger, R"({"title":"A"})").text("id"), first.text("id"));
    api.store.advance(24 * 3'600'000);
    EXPECT_EQ(send(api.client, R"({"title":"B"})").status, 201);
    service::forget_old_keys(api.store.database());
    EXPECT_EQ(send(api.client, R"({"title":"B"})").field("idempotency-replayed"), "true");
}

TEST_F(Conventions, ARefusedRequestMayBeRepeatedWithItsKey) {
    Sent const key{{"idempotency-key", "k"}};
    EXPECT_EQ(
        api.send(service::Method::post, api.client, "/v1/sessions", R"({"titel":"A"})", key).status,
        422
    );
    EXPECT_EQ(
        api.send(service::Method::post, api.client, "/v1/sessions", R"({"title":"A"})", key).status,
        201
    );
}

TEST_F(Conventions, OrdersNeedAKeyThatIsPlain) {
    auto const place = "/v1/sessions/" + api.session(api.client) + "/rounds";
    EXPECT_EQ(
        api.send(service::Method::post, api.client, place).problem(), "idempotency-key-missing"
    );
    for (auto const& key : {std::string{"a b"}, std::string{"\xc3\xbc"}, std::string(129, 'k')}) {
        EXPECT_EQ(
            api.send(
                   service::Method::post, api.client, place, "", {{"idempotency-key", key}}
            ).problem(),
            "bad-request"
        );
    }
}

TEST_F(Conventions, AnAnswerWithASecretIsNotGivenTwice) {
    Sent const key{{"idempotency-key", "k"}};
    auto const body = R"({"name":"t"})";
    EXPECT_EQ(api.send(service::Method::post, api.owner, "/v1/tokens", body, key).status, 201);
    EXPECT_EQ(
        api.send(service::Method::post, api.owner, "/v1/tokens", body, key).problem(), "conflict"
    );
}

TEST_F(Conventions, ListsArePagesInTheOrderOfTime) {
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(api.session(api.client));
    }
    std::vector<std::string> seen;
    std::string after;
    for (int page = 0; page < 3; ++page) {
        auto const answer = api.get(api.client, "/v1/sessions?limit=2&after=" + after);
        for (auto const& item : answer.items()) {
            seen.emplace_back(item.at("id").as_string().c_str());
        }
        after = answer.text("next");
        EXPECT_EQ(after.empty(), page == 2);
    }
    EXPECT_EQ(seen, ids);
    for (auto const* limit : {"0", "201", "-1", "x", "", "1x"}) {
        auto const answer = api.get(api.client, fmt::format("/v1/sessions?limit={}", limit));
        EXPECT_EQ(answer.problem(), "bad-request") << limit;
    }
    EXPECT_EQ(api.get(api.client, "/v1/sessions?state=finished").problem(), "bad-request");
}

TEST_F(Conventions, ListsNameTheirNextPageInAFieldToo) {
    for (int i = 0; i < 3; ++i) {
        api.session(api.client);
    }
    auto const first = api.get(api.client, "/v1/sessions?state=draft&limit=2");
    auto const link = fmt::format("/v1/sessions?limit=2&state=draft&after={}", first.text("next"));
    EXPECT_EQ(first.field("link"), "<" + link + ">; rel=\"next\"");
    auto const last = api.get(api.client, link);
    EXPECT_EQ(last.items().size(), 1U);
    EXPECT_EQ(last.field("link"), "");
    auto const events =
        api.get(api.client, "/v1/events?after=0&limit=2", {{"accept", "application/json"}});
    EXPECT_EQ(
        events.field("link"),
        fmt::format("</v1/events?limit=2&after={}>; rel=\"next\"", events.number("next"))
    );
}

TEST_F(Conventions, DocumentsComeAsJsonAndHaveALimit) {
    EXPECT_EQ(
        api.send(
               service::Method::post,
               api.client,
               "/v1/sessions",
               "{}",
               {{"content-type", "text/plain"}}
        ).problem(),
        "unsupported-media-type"
    );
    EXPECT_EQ(
        api.send(
               service::Method::post,
               api.client,
               "/v1/sessions",
               "{}",
               {{"content-type", "application/json; charset=utf-8"}}
        ).status,
        201
    );
    EXPECT_EQ(
        api.send(
               service::Method::post, api.client, "/v1/sessions", std::string((1U << 20U) + 1, ' ')
        )
            .status,
        413
    );
}

TEST_F(Conventions, SystemOperationsSayHowThingsStand) {
    EXPECT_EQ(api.get("", "/healthz").text("status"), "ok");
    EXPECT_EQ(api.get("", "/readyz").text("status"), "ready");
    api.order(api.client, api.song(api.client));
    EXPECT_EQ(api.get(api.owner, "/v1/system").number("queued"), 1);
    EXPECT_NE(
        api.get(api.owner, "/metrics")
            .body.find("\nstemlathe_jobs{state=\"queued\",class=\"normal\"} 1\n"),
        std::string::npos
    );
    api.is_draining = true;
    EXPECT_EQ(api.get("", "/readyz").problem(), "unavailable");
    EXPECT_EQ(api.get("", "/readyz").field("retry-after"), "1");
}

} // namespace
} // namespace stemlathe::test
