// What the API writes into the audit log: who, from where, did what; and never a secret.

#include "service/api/audit_note.hpp"
#include "service/audit/chain.hpp"
#include "service/audit/log_table.hpp"
#include "tests/service/api/world.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <set>

namespace stemlathe::test {
namespace {

using service::AuditEntry;
using service::Method;

class AuditedApi : public ::testing::Test {
  protected:
    std::vector<AuditEntry> entries(std::string const& action = "") {
        return service::audit_after(world.api.store.database(), 0, 10'000, {.action = action});
    }

    /// The one entry of an action.
    AuditEntry only(std::string const& action) {
        auto const found = entries(action);
        EXPECT_EQ(found.size(), 1U) << action;
        return found.empty() ? AuditEntry{} : found.back();
    }

    Answer del(std::string_view token, std::string const& target) {
        return world.api.send(Method::del, token, target, "", {{"if-match", "*"}});
    }

    World world{};
    TestApi& api = world.api;
    std::string place = "/v1/sessions/" + world.session;
};

TEST_F(AuditedApi, SaysWhoDidWhatToWhoseThingAndFromWhere) {
    EXPECT_EQ(del(api.client, place + "/shares/" + world.ids["share"]).status, 204);
    auto const revoked = only("share.revoked");
    EXPECT_EQ(revoked.actor, world.ids["token"]);
    EXPECT_EQ(revoked.name, "client");
    EXPECT_EQ(revoked.role, "client");
    EXPECT_EQ(revoked.client, api.client_id);
    EXPECT_EQ(revoked.peer, "127.0.0.1");
    EXPECT_TRUE(revoked.request.starts_with("req_"));
    EXPECT_EQ(revoked.subject, world.ids["share"]);
    EXPECT_EQ(revoked.at_ms, api.store.now_ms());
    EXPECT_EQ(revoked.detail, fmt::format(R"({{"session":"{}"}})", world.session));
}

TEST_F(AuditedApi, NotesEveryActionThatMatters) {
    auto const link = world.tokens["reviewer"];
    EXPECT_EQ(api.get("", "/r/" + link).status, 200);
    Sent const form{{"content-type", "application/x-www-form-urlencoded"}};
    EXPECT_EQ(api.send(Method::post, "", "/r/" + link, "password=", form).status, 303);
    EXPECT_EQ(
        api.get(link, "/v1/renders/" + world.ids["render"] + "/files/" + world.ids["name"]).status,
        200
    );
    EXPECT_EQ(
        api.get(link, place + "/deliveries/" + world.ids["delivery"] + "/archive").status, 200
    );
    EXPECT_EQ(
        api.post(api.client, place + "/approvals/" + world.ids["approval"] + ":withdraw").status,
        200
    );
    auto const render = world.waiting_render();
    EXPECT_EQ(api.post(api.client, "/v1/renders/" + render + ":cancel").status, 200);
    EXPECT_EQ(only("render.canceled").subject, render);
    EXPECT_EQ(del(api.client, place + "/stems/" + world.ids["stem"]).status, 204);
    EXPECT_EQ(del(api.client, place + "/comments/" + world.ids["comment"]).status, 204);
    EXPECT_EQ(del(api.client, "/v1/presets/" + world.ids["preset"]).status, 204);
    EXPECT_EQ(del(api.client, place + "/shares/" + world.ids["share"]).status, 204);
    auto const hook = "/v1/webhooks/" + world.ids["webhook"];
    EXPECT_EQ(api.send(Method::patch, api.client, hook, "{}", {{"if-match", "*"}}).status, 200);
    EXPECT_EQ(api.post(api.client, hook + ":rotate").status, 200);
    auto const& message = world.ids["message"];
    EXPECT_EQ(api.post(api.client, hook + "/deliveries/" + message + ":redeliver").status, 202);
    EXPECT_EQ(
        only("webhook.redelivered").detail,
        fmt::format(R"({{"delivery":"{}","address":"https://example.com"}})", message)
    );
    EXPECT_EQ(del(api.client, hook).status, 204);
    EXPECT_EQ(del(api.client, place).status, 204);
    EXPECT_EQ(api.send(Method::patch, api.owner, "/v1/clients/" + api.client_id, "{}").status, 200);
    EXPECT_EQ(del(api.owner, "/v1/tokens/" + world.ids["token"]).status, 204);
    std::set<std::string> seen;
    for (auto const& entry : entries()) {
        seen.insert(entry.action);
        EXPECT_FALSE(entry.actor.empty()) << entry.action;
        EXPECT_FALSE(entry.subject.empty()) << entry.action;
        EXPECT_TRUE(boost::json::parse(entry.detail).is_object()) << entry.detail;
    }
    std::set<std::string> const wanted{
        "approval.created", "approval.withdrawn",  "archive.downloaded",  "client.changed",
        "client.created",   "comment.deleted",     "delivery.created",    "file.downloaded",
        "render.canceled",  "render.ordered",      "webhook.redelivered", "webhook.tested",
        "link.opened",      "link.password.given", "preset.deleted",      "session.deleted",
        "share.created",    "share.revoked",       "stem.deleted",        "token.created",
        "token.revoked",    "webhook.changed",     "webhook.created",     "webhook.deleted",
        "webhook.rotated"};
    EXPECT_EQ(seen, wanted);
    EXPECT_EQ(only("link.opened").name, "Ada");
    EXPECT_EQ(only("file.downloaded").role, "reviewer");
}

TEST_F(AuditedApi, HasNoEntryOfWhatWasRefusedOrDoneBefore) {
    auto const before = entries().size();
    EXPECT_EQ(api.send(Method::post, api.owner, "/v1/clients", R"({"nonsense":1})").status, 422);
    EXPECT_EQ(api.get(api.client, place).status, 200);
    EXPECT_EQ(entries().size(), before);
    Sent const key{{"idempotency-key", "once"}};
    EXPECT_EQ(api.send(Method::post, api.owner, "/v1/clients", R"({"name":"N"})", key).status, 201);
    EXPECT_EQ(api.send(Method::post, api.owner, "/v1/clients", R"({"name":"N"})", key).status, 201);
    EXPECT_EQ(entries().size(), before + 1);
}

TEST_F(AuditedApi, HoldsNoSecret) {
    auto const guarded =
        api.post(api.client, place + "/shares", R"({"recipient":"Ada","password":"correct horse"})")
            .text("token");
    Sent const form{{"content-type", "application/x-www-form-urlencoded"}};
    for (auto const* password : {"password=wrong+guess", "password=correct+horse"}) {
        static_cast<void>(api.send(Method::post, "", "/r/" + guarded, password, form));
    }
    EXPECT_EQ(api.get(guarded + "x", place).status, 401);
    EXPECT_EQ(api.get("my-password-in-the-wrong-field", place).status, 401);
    EXPECT_EQ(api.get("", "/r/" + guarded + "x").status, 404);
    EXPECT_EQ(only("link.password.refused").subject, guarded.substr(0, 30));
    EXPECT_EQ(only("link.refused").subject, guarded.substr(0, 30));
    EXPECT_EQ(entries("token.refused").size(), 2U);
    for (auto const& entry : entries()) {
        auto const text = service::canonical_text(entry);
        for (auto const& secret :
             {guarded.substr(31),
              api.client.substr(31),
              api.owner,
              std::string{"horse"},
              std::string{"guess"},
              std::string{"wrong-field"}}) {
            EXPECT_EQ(text.find(secret), std::string::npos) << text;
        }
    }
}

/// Each is written at once; what comes again within the minute is told as a number.
TEST_F(AuditedApi, NotesWhatIsTurnedAwayWithoutBeingFilledByIt) {
    std::int64_t clock_ms = 0;
    api.services.steady_ms = [&] {
        return clock_ms;
    };
    auto const wrong = api.client + "x";
    for (int i = 0; i < 500; ++i) {
        EXPECT_EQ(api.get(wrong, place).status, 401);
        EXPECT_EQ(api.get(api.client, "/v1/clients").status, 403);
        EXPECT_EQ(api.get("", place).status, 401); // knows nothing yet
        EXPECT_EQ(api.send(Method::post, "", "/v1/sign-in", R"({"code":"slk_a_b"})").status, 401);
    }
    auto const refused = only("token.refused");
    EXPECT_EQ(refused.subject, world.ids["token"]);
    EXPECT_EQ(refused.actor, "nobody");
    EXPECT_EQ(refused.detail, R"({"operation":"GET /v1/sessions/{session}"})");
    EXPECT_EQ(only("access.refused").detail, R"({"operation":"GET /v1/clients"})");
    EXPECT_EQ(only("sign-in.refused").peer, "127.0.0.1");
    service::note_held_back(api.services);
    EXPECT_TRUE(entries("repeated").empty());
    clock_ms = 60'000;
    service::note_held_back(api.services);
    auto const repeated = entries("repeated");
    ASSERT_EQ(repeated.size(), 3U);
    EXPECT_NE(repeated[0].detail.find(R"("times":499)"), std::string::npos) << repeated[0].detail;
    EXPECT_EQ(api.get(wrong, place).status, 401);
    EXPECT_EQ(api.get(wrong, place).status, 401);
    service::note_held_back(api.services, true); // as the service does when it stops
    EXPECT_EQ(entries("repeated").size(), 4U);
    // Strangers who try ever new ids fill no more than their share.
    auto const before = entries().size();
    for (int i = 0; i < 1000; ++i) {
        static_cast<void>(api.get(fmt::format("slk_{:026}_x", i), place));
    }
    EXPECT_EQ(entries().size(), before + 200);
    EXPECT_TRUE(api.errors.empty());
}

/// Not even who leaves the first byte out goes unseen, and who asks for many parts is one entry.
TEST_F(AuditedApi, NotesDownloadsWhateverPartIsAskedFor) {
    auto const file = "/v1/renders/" + world.ids["render"] + "/files/" + world.ids["name"];
    EXPECT_EQ(api.send(Method::head, api.client, file).status, 200);
    EXPECT_TRUE(entries("file.downloaded").empty());
    for (int i = 1; i < 5; ++i) {
        EXPECT_EQ(
            api.get(api.client, file, {{"range", fmt::format("bytes={}-{}", i, i)}}).status, 206
        );
    }
    auto const one = only("file.downloaded");
    EXPECT_EQ(one.actor, world.ids["token"]);
    EXPECT_NE(one.detail.find(world.ids["name"]), std::string::npos) << one.detail;
    EXPECT_EQ(api.get(api.owner, file).status, 200);
    EXPECT_EQ(entries("file.downloaded").size(), 2U);
}

TEST_F(AuditedApi, IsReadByOwnersPageByPageAndHoldsTogether) {
    service::AuditChain chain;
    std::string after;
    do {
        auto const page = api.get(api.owner, "/v1/audit?limit=3" + after);
        for (auto const& item : page.items()) {
            chain.add(
                {.seq = std::stoll(item.at("id").as_string().c_str()),
                 .at_ms = item.at("at_ms").as_int64(),
                 .actor = item.at("actor").as_string().c_str(),
                 .name = item.at("name").as_string().c_str(),
                 .role = item.at("role").as_string().c_str(),
                 .client = item.at("client").as_string().c_str(),
                 .peer = item.at("peer").as_string().c_str(),
                 .request = item.at("request").as_string().c_str(),
                 .action = item.at("action").as_string().c_str(),
                 .subject = item.at("subject").as_string().c_str(),
                 .detail = item.at("detail").as_string().c_str(),
                 .prev_hash = item.at("prev_hash").as_string().c_str(),
                 .hash = item.at("hash").as_string().c_str()}
            );
        }
        after = page.text("next").empty() ? "" : "&after=" + page.text("next");
    } while (!after.empty());
    EXPECT_FALSE(chain.fault());
    EXPECT_GT(chain.entries(), 6);
    auto const head = api.get(api.owner, "/v1/audit/head");
    EXPECT_EQ(head.number("entries"), chain.entries());
    EXPECT_EQ(head.text("head"), service::text_of(chain.head()));
    EXPECT_EQ(api.get(api.owner, "/v1/audit?after=x").problem(), "bad-request");
    EXPECT_EQ(
        api.get(api.owner, "/v1/audit?action=share.created&client=" + api.stranger_id)
            .items()
            .size(),
        1U
    );
}

} // namespace
} // namespace stemlathe::test
