// Webhooks as a client has them: secrets, addresses, types, limits, what was sent.

#include "service/store/events.hpp"
#include "service/webhooks/event_types.hpp"
#include "service/webhooks/outbox.hpp"
#include "tests/service/api/schema.hpp"
#include "tests/service/api/world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace stemlathe::test {
namespace {

using service::Method;

constexpr auto* kBody = R"({"url":"https://example.com/hooks","name":"ERP"})";

class WebhooksApi : public ApiTest {
  protected:
    Answer make(std::string const& body = kBody) {
        return api.send(Method::post, api.client, "/v1/webhooks", body);
    }

    Answer change(std::string const& id, std::string const& body) {
        return api.send(Method::patch, api.client, "/v1/webhooks/" + id, body, {{"if-match", "*"}});
    }

    Answer post(std::string const& path) {
        return api.send(Method::post, api.client, "/v1/webhooks/" + path);
    }

    /// What is wrong with /url or /types, or "" where nothing is.
    std::string complaint(std::string const& body) {
        auto const answer = make(body);
        if (answer.status == 201) {
            return {};
        }
        EXPECT_EQ(answer.problem(), "invalid-document") << answer.body;
        return answer.json().at("errors").at(0).at("message").as_string().c_str();
    }

    service::Outbox outbox() {
        return {api.services.webhook_settings, api.webhook_secrets.key_id()};
    }

    /// All text that the store holds of webhooks and of requests.
    std::string stored() {
        std::string all;
        for (auto const* query :
             {"SELECT secret || coalesce(old_secret, '') AS text FROM webhook",
              "SELECT coalesce(response, '') || fingerprint AS text FROM idempotency",
              "SELECT data AS text FROM event",
              "SELECT body AS text FROM webhook_delivery"}) {
            for (auto const& row : api.store.database().query(query)) {
                all += row.text("text") + "\n";
            }
        }
        return all;
    }
};

TEST_F(WebhooksApi, ShowTheirSecretOnceAndKeepItSealed) {
    auto const made =
        api.send(Method::post, api.client, "/v1/webhooks", kBody, {{"idempotency-key", "k"}});
    ASSERT_EQ(made.status, 201) << made.body;
    auto const secret = made.text("secret");
    EXPECT_TRUE(secret.starts_with("whsec_"));
    auto const id = made.text("id");
    EXPECT_EQ(made.field("location"), "/v1/webhooks/" + id);
    auto const again =
        api.send(Method::post, api.client, "/v1/webhooks", kBody, {{"idempotency-key", "k"}});
    EXPECT_EQ(again.status, 409) << "made once, shown once";
    post(id + ":test");
    for (auto const& answer :
         {api.get(api.client, "/v1/webhooks/" + id),
          api.get(api.client, "/v1/webhooks"),
          api.get(api.client, "/v1/webhooks/" + id + "/deliveries"),
          change(id, R"({"name":"other"})")}) {
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body.find("secret\":\"whsec"), std::string::npos);
        EXPECT_EQ(answer.body.find(secret.substr(6)), std::string::npos);
    }
    EXPECT_EQ(stored().find(secret.substr(6, 20)), std::string::npos);
    auto const sealed =
        api.store.database().query("SELECT secret FROM webhook").front().text("secret");
    EXPECT_EQ(api.webhook_secrets.open(sealed), secret);
}

TEST_F(WebhooksApi, AreRefusedAtAddressesThatAreNotPublic) {
    for (auto const& [url, word] :
         {std::pair{"http://example.com/", "https"},
          {"https://127.0.0.1/", "loopback"},
          {"https://[::1]/", "loopback"},
          {"https://10.0.0.1/", "private"},
          {"https://169.254.169.254/", "link-local"},
          {"https://[::ffff:10.0.0.1]/", "IPv4"},
          {"https://ada:pw@example.com/", "user"},
          {"https://example.com:25/", "port 25"},
          {"nonsense", "https"}}) {
        auto const sentence = complaint(fmt::format(R"({{"url":"{}"}})", url));
        EXPECT_NE(sentence.find(word), std::string::npos) << url << ": " << sentence;
    }
    EXPECT_EQ(make("{}").problem(), "invalid-document");
    auto const id = make().text("id");
    EXPECT_EQ(change(id, R"({"url":"https://127.0.0.1/"})").problem(), "invalid-document");
    api.services.webhook_settings.targets = {.allow_http = true, .allow_private = true};
    EXPECT_EQ(complaint(R"({"url":"http://127.0.0.1:8080/"})"), "");
}

TEST_F(WebhooksApi, HearOfTypesThatThereAre) {
    EXPECT_EQ(boost::json::serialize(make().json().at("types")), R"(["*"])");
    EXPECT_EQ(complaint(R"({"url":"https://a.example/","types":["render.*","job.progress"]})"), "");
    auto const sentence = complaint(R"({"url":"https://a.example/","types":["render.suceeded"]})");
    EXPECT_NE(sentence.find("render.succeeded"), std::string::npos) << sentence;
    EXPECT_NE(complaint(R"({"url":"https://a.example/","types":[]})"), "");
    EXPECT_NE(complaint(R"({"url":"https://a.example/","types":["webhook.test"]})"), "");
}

TEST_F(WebhooksApi, AreTheClientsOrTheHouses) {
    auto const id = make().text("id");
    EXPECT_EQ(api.get(api.stranger, "/v1/webhooks/" + id).status, 404);
    EXPECT_TRUE(api.get(api.stranger, "/v1/webhooks").items().empty());
    EXPECT_EQ(api.get(api.owner, "/v1/webhooks").items().size(), 1U);
    auto const of_house = api.send(Method::post, api.owner, "/v1/webhooks", kBody);
    EXPECT_EQ(of_house.text("client"), "house");
    auto const for_client = api.send(
        Method::post,
        api.owner,
        "/v1/webhooks",
        fmt::format(R"({{"url":"https://a.example/","client":"{}"}})", api.client_id)
    );
    EXPECT_EQ(for_client.text("client"), api.client_id);
    EXPECT_EQ(api.get(api.client, "/v1/webhooks").items().size(), 2U);
    EXPECT_EQ(
        api.send(
               Method::post,
               api.stranger,
               "/v1/webhooks",
               fmt::format(R"({{"url":"https://a.example/","client":"{}"}})", api.client_id)
        )
            .status,
        404
    );
}

TEST_F(WebhooksApi, AreSoManyAtMost) {
    api.services.webhook_settings.per_client_max = 2;
    EXPECT_EQ(make().status, 201);
    auto const second = make();
    EXPECT_EQ(second.status, 201);
    EXPECT_EQ(make().problem(), "conflict");
    EXPECT_EQ(api.send(Method::post, api.stranger, "/v1/webhooks", kBody).status, 201);
    EXPECT_EQ(
        api.send(Method::del, api.client, "/v1/webhooks/" + second.text("id"), "", if_match(second))
            .status,
        204
    );
    EXPECT_EQ(make().status, 201);
}

TEST_F(WebhooksApi, ChangeByVersion) {
    auto const made = make();
    auto const path = "/v1/webhooks/" + made.text("id");
    EXPECT_EQ(api.send(Method::patch, api.client, path, "{}").status, 428);
    auto const changed = api.send(
        Method::patch,
        api.client,
        path,
        R"({"url":"https://b.example/x","types":["stem.*"]})",
        if_match(made)
    );
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.text("url"), "https://b.example/x");
    EXPECT_EQ(changed.text("name"), "ERP");
    EXPECT_EQ(api.send(Method::patch, api.client, path, "{}", if_match(made)).status, 412);
    EXPECT_EQ(api.get(api.client, path, {{"if-none-match", changed.field("etag")}}).status, 304);
}

TEST_F(WebhooksApi, HearNothingOfTheTimeInWhichTheyAreDisabled) {
    auto const id = make().text("id");
    api.session(api.client);
    auto box = outbox();
    EXPECT_EQ(box.read_log(api.store.database()), 1);
    auto const off = change(id, R"({"enabled":false})");
    EXPECT_EQ(off.text("disabled_why"), "request");
    EXPECT_FALSE(off.json().at("enabled").as_bool());
    EXPECT_EQ(post(id + ":test").problem(), "conflict");
    auto const list = api.get(api.client, "/v1/webhooks/" + id + "/deliveries?state=given_up");
    ASSERT_EQ(list.items().size(), 1U);
    auto const message = std::string{list.items()[0].at("id").as_string().c_str()};
    EXPECT_EQ(post(id + "/deliveries/" + message + ":redeliver").problem(), "conflict");
    api.session(api.client);
    EXPECT_EQ(box.read_log(api.store.database()), 0);
    auto const on = change(id, R"({"enabled":true})");
    EXPECT_TRUE(on.json().at("enabled").as_bool());
    EXPECT_TRUE(on.json().at("disabled").is_null());
    EXPECT_EQ(box.read_log(api.store.database()), 0);
    api.session(api.client);
    EXPECT_EQ(box.read_log(api.store.database()), 1);
    EXPECT_EQ(post(id + "/deliveries/" + message + ":redeliver").status, 202);
}

TEST_F(WebhooksApi, SignWithBothSecretsForADay) {
    auto const made = make();
    auto const id = made.text("id");
    api.store.advance(1000);
    auto const rotated = post(id + ":rotate");
    EXPECT_EQ(rotated.status, 200) << rotated.body;
    EXPECT_NE(rotated.text("secret"), made.text("secret"));
    EXPECT_EQ(rotated.text("old_secret_until"), "2027-01-16T08:00:01.000Z");
    auto const test = post(id + ":test");
    auto const claimed = outbox().claim(api.store.database(), 10);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(api.webhook_secrets.open(claimed[0].secret), rotated.text("secret"));
    EXPECT_EQ(api.webhook_secrets.open(claimed[0].old_secret.value_or("")), made.text("secret"));
    service::SecretBox const other{api.folder.path() / "other.key"};
    api.services.webhook_secrets = &other;
    EXPECT_EQ(post(id + ":rotate").problem(), "unavailable");
}

TEST_F(WebhooksApi, ListWhatWasSentAndSendItAgain) {
    auto const id = make().text("id");
    auto const place = "/v1/webhooks/" + id + "/deliveries";
    auto const test = post(id + ":test");
    ASSERT_EQ(test.status, 202) << test.body;
    EXPECT_EQ(test.text("state"), "waiting");
    EXPECT_EQ(test.text("type"), "webhook.test");
    auto const message = test.text("id");
    EXPECT_EQ(test.field("location"), place + "/" + message);
    auto const box = outbox();
    auto& database = api.store.database();
    auto const fail = [&] {
        auto const claimed = box.claim(database, 10);
        ASSERT_EQ(claimed.size(), 1U);
        box.note(database, claimed[0], {.status = 503, .error = "the receiver answered 503"}, 0.5);
    };
    fail();
    auto const shown = api.get(api.client, place + "/" + message);
    EXPECT_EQ(shown.number("attempts"), 1);
    EXPECT_EQ(shown.number("last_status"), 503);
    EXPECT_EQ(shown.text("last_error"), "the receiver answered 503");
    EXPECT_EQ(shown.text("next_attempt"), "2027-01-15T08:00:05.000Z");
    EXPECT_EQ(shown.json().at("body").at("type").as_string(), "webhook.test");
    EXPECT_EQ(post(id + "/deliveries/" + message + ":redeliver").status, 202) << "at once";
    auto const claimed = box.claim(database, 10);
    ASSERT_EQ(claimed.size(), 1U);
    box.note(database, claimed[0], {.status = 204}, 0.5);
    EXPECT_EQ(api.get(api.client, place + "?state=delivered").items().size(), 1U);
    EXPECT_TRUE(api.get(api.client, place + "?state=waiting").items().empty());
    EXPECT_EQ(api.get(api.client, place + "?state=lost").problem(), "bad-request");
    auto const again = post(id + "/deliveries/" + message + ":redeliver");
    EXPECT_EQ(again.text("state"), "waiting");
    EXPECT_EQ(box.claim(database, 10).at(0).id, message);
    EXPECT_EQ(api.get(api.client, place + "/msg_none").status, 404);
    EXPECT_EQ(post(id + "/deliveries/msg_none:redeliver").status, 404);
}

TEST_F(WebhooksApi, SendNothingAgainBeforeWhatItWaitsFor) {
    auto const id = make().text("id");
    auto const first = post(id + ":test").text("id");
    auto const second = post(id + ":test");
    EXPECT_TRUE(second.json().at("next_attempt").is_null()) << "it waits for the first";
    EXPECT_EQ(post(id + "/deliveries/" + second.text("id") + ":redeliver").status, 202);
    auto const box = outbox();
    auto& database = api.store.database();
    auto const claimed = box.claim(database, 10);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].id, first);
    box.note(database, claimed[0], {.status = 200}, 0.5);
    EXPECT_EQ(box.claim(database, 10).at(0).id, second.text("id"));
}

TEST_F(WebhooksApi, TakeNoTestWhereTheQueueIsFull) {
    api.services.webhook_settings.queue_max = 2;
    auto const id = make().text("id");
    EXPECT_EQ(post(id + ":test").status, 202);
    EXPECT_EQ(post(id + ":test").status, 202);
    auto const full = post(id + ":test");
    EXPECT_EQ(full.problem(), "queue-full");
    EXPECT_EQ(full.field("retry-after"), "60");
}

TEST_F(WebhooksApi, AreCountedForOperators) {
    auto const figures = [&] {
        auto const text = api.get(api.owner, "/metrics").body;
        auto const value = [&](std::string const& name) {
            auto const at = text.find("\n" + name + " ");
            return at == std::string::npos ? "none" : text.substr(at + name.size() + 2, 1);
        };
        return value("stemlathe_webhook_deliveries_waiting") + " " +
               value("stemlathe_webhooks_disabled");
    };
    auto const id = make().text("id");
    EXPECT_EQ(figures(), "0 0");
    post(id + ":test");
    post(id + ":test");
    EXPECT_EQ(figures(), "2 0");
    change(id, R"({"enabled":false})");
    EXPECT_EQ(figures(), "0 1");
}

TEST_F(WebhooksApi, LeaveNothingWhenTheyAreDeleted) {
    auto const made = make();
    auto const id = made.text("id");
    post(id + ":test");
    EXPECT_EQ(
        api.send(Method::del, api.client, "/v1/webhooks/" + id, "", if_match(made)).status, 204
    );
    EXPECT_EQ(api.get(api.client, "/v1/webhooks/" + id).status, 404);
    EXPECT_TRUE(api.get(api.client, "/v1/webhooks").items().empty());
    auto& database = api.store.database();
    EXPECT_TRUE(outbox().claim(database, 10).empty());
    EXPECT_EQ(database.query("SELECT secret FROM webhook").front().text("secret"), "");
    EXPECT_TRUE(database.query("SELECT id FROM webhook_delivery").empty());
    api.session(api.client);
    EXPECT_EQ(outbox().read_log(database), 0);
}

TEST(WebhookTypes, AreAllThatHappensAndWhatIsDescribed) {
    World world;
    std::set<std::string_view> known{service::event_types().begin(), service::event_types().end()};
    known.insert(service::kTestEvent);
    auto const events = service::events_after(world.api.store.database(), {}, 0, 1000);
    EXPECT_GE(events.size(), 10U);
    for (auto const& event : events) {
        EXPECT_TRUE(known.contains(event.type)) << event.type;
    }
    std::vector<std::string> types{service::event_groups().begin(), service::event_groups().end()};
    types.insert(types.end(), service::event_types().begin(), service::event_types().end());
    std::vector<std::string> described;
    for (auto const& type :
         pointed_at(description(), "#/components/schemas/WebhookTypes/items/enum").as_array()) {
        described.emplace_back(type.as_string().c_str());
    }
    EXPECT_EQ(described, types);
    for (auto const type : service::event_types()) {
        auto const group = std::string{type.substr(0, type.find('.'))} + ".*";
        EXPECT_NE(std::ranges::find(service::event_groups(), group), service::event_groups().end());
    }
}

} // namespace
} // namespace stemlathe::test
