// What share links show, and what they ask for before they show anything.

#include "service/api/authenticate.hpp"
#include "service/api/password.hpp"
#include "service/api/rfc3339.hpp"
#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace stemlathe::test {
namespace {

class ShareLinks : public ApiTest {
  protected:
    std::string song = api.song(api.client);
    std::string place = "/v1/sessions/" + song;

    void say(std::string const& body) {
        EXPECT_EQ(
            api.send(service::Method::post, api.client, place + "/comments", body).status, 201
        );
    }

    /// A link with the password "correct horse".
    Answer guarded_link(std::string_view more = "") {
        return api.post(
            api.client,
            place + "/shares",
            fmt::format(R"({{"recipient":"Ada","password":"correct horse"{}}})", more)
        );
    }

    Answer keyed(std::string const& link, std::string const& form) {
        return api.send(
            service::Method::post,
            "",
            "/r/" + link,
            form,
            {{"content-type", "application/x-www-form-urlencoded"},
             {"accept", "application/json"},
             {"idempotency-key", "k"}}
        );
    }

    /// Gives a link its password.
    Answer
    give(std::string const& link, std::string const& form, std::string const& accept = "*/*") {
        return api.send(
            service::Method::post,
            "",
            "/r/" + link,
            form,
            {{"content-type", "application/x-www-form-urlencoded"}, {"accept", accept}}
        );
    }
};

/// A report tells how the house made a revision: it goes with the files.
TEST_F(ShareLinks, ALinkGetsTheReportWithTheFiles) {
    auto const render = api.revision(api.client, song, "1");
    auto const report = "/v1/renders/" + render + "/report";
    EXPECT_EQ(
        api.get(api.link(api.client, song, R"(["listen","comment","approve"])"), report).problem(),
        "forbidden"
    );
    auto const downloads = api.link(api.client, song, R"(["download"])");
    EXPECT_EQ(api.get(downloads, report).problem(), "not-approved");
    EXPECT_EQ(
        api.post(api.client, place + "/approvals", fmt::format(R"({{"render":"{}"}})", render))
            .status,
        201
    );
    EXPECT_EQ(api.get(downloads, report).status, 200);
}

TEST_F(ShareLinks, ALinkForOneRevisionTellsOfNoOtherOnItsPageAndLists) {
    auto const first = api.revision(api.client, song, "1");
    say(fmt::format(R"({{"text":"of one","render":"{}"}})", first));
    EXPECT_EQ(api.post(api.client, place + "/rounds").status, 201);
    auto const second = api.revision(api.client, song, "2");
    say(fmt::format(R"({{"text":"of two","render":"{}"}})", second));
    EXPECT_EQ(
        api.post(api.client, place + "/approvals", fmt::format(R"({{"render":"{}"}})", second))
            .status,
        201
    );
    auto const link =
        api.link(api.client, song, R"(["listen"])", fmt::format(R"(,"render":"{}")", first));
    auto const page = api.get("", "/r/" + link).body;
    EXPECT_NE(page.find("of one"), std::string::npos);
    EXPECT_EQ(page.find("of two"), std::string::npos);
    EXPECT_TRUE(api.get(link, place + "/approvals").items().empty());
    EXPECT_TRUE(api.get(link, place + "/rounds").items().empty());
}

TEST_F(ShareLinks, ALinkMayAskForAPassword) {
    auto const share = guarded_link();
    auto const link = share.text("token");
    EXPECT_TRUE(share.json().at("has_password").as_bool());
    auto const refused = api.get(link, place);
    EXPECT_EQ(refused.status, 401);
    EXPECT_NE(refused.text("detail").find("password"), std::string::npos);
    auto const gate = api.get("", "/r/" + link);
    EXPECT_NE(gate.body.find("type=\"password\""), std::string::npos);
    EXPECT_EQ(gate.body.find("<audio"), std::string::npos);
    EXPECT_EQ(gate.field("set-cookie"), "");
    for (auto const* wrong :
         {"password=wrong+horse", "password=correct%20hors", "password=", "code=correct%20horse"}) {
        EXPECT_EQ(give(link, wrong, "application/json").problem(), "unauthorized") << wrong;
    }
    auto const token = give(link, "password=correct+horse", "application/json").text("token");
    EXPECT_EQ(api.get(token, place).status, 200);
    EXPECT_EQ(api.get(link, place).status, 401) << "the link alone is enough now";
    api.store.advance(std::int64_t{12} * 3'600'000);
    EXPECT_EQ(api.get(token, place).status, 401);
}

TEST_F(ShareLinks, ABrowserKeepsThePasswordsPassAsACookie) {
    auto const render = api.revision(api.client, song, "1");
    auto const link = guarded_link().text("token");
    auto const wrong = give(link, "password=guess", "text/html");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_NE(wrong.body.find("not its password"), std::string::npos);
    auto const right = give(link, "password=correct%20horse", "text/html");
    EXPECT_EQ(right.status, 303);
    EXPECT_EQ(right.field("location"), "/r/" + link);
    auto const cookie = right.field("set-cookie");
    EXPECT_NE(cookie.find("; HttpOnly; SameSite=Strict"), std::string::npos);
    Sent const sent{{"cookie", cookie.substr(0, cookie.find(';'))}};
    auto const page = api.get("", "/r/" + link, sent);
    EXPECT_NE(page.body.find("<audio"), std::string::npos);
    EXPECT_EQ(api.get("", "/v1/renders/" + render + "/media", sent).status, 200);
    auto const other = guarded_link().text("token");
    EXPECT_EQ(api.get("", "/r/" + other, sent).body.find("<audio"), std::string::npos);
}

TEST_F(ShareLinks, CookiesOfEncryptedRequestsStayEncrypted) {
    auto const link = api.link(api.client, song, R"(["listen"])");
    auto const guarded = guarded_link().text("token");
    for (bool const is_secure : {false, true}) {
        api.is_secure = is_secure;
        auto const page = api.get("", "/r/" + link).field("set-cookie");
        auto const pass =
            give(guarded, "password=correct%20horse", "text/html").field("set-cookie");
        EXPECT_TRUE(page.starts_with("stemlathe_link=")) << page;
        EXPECT_TRUE(pass.starts_with("stemlathe_link=")) << pass;
        EXPECT_EQ(page.ends_with("; SameSite=Strict; Secure"), is_secure) << page;
        EXPECT_EQ(pass.ends_with("; SameSite=Strict; Secure"), is_secure) << pass;
    }
}

TEST_F(ShareLinks, PasswordsArePasswordsOfTheirLinkAlone) {
    auto const link = guarded_link().text("token");
    auto const open = api.link(api.client, song, R"(["listen"])");
    EXPECT_EQ(give(open, "password=whatever").status, 303);
    auto const pass = give(link, "password=correct+horse", "application/json").text("token");
    for (std::size_t i = 0; i < pass.size(); ++i) {
        auto token = pass;
        token[i] = token[i] == 'a' ? 'b' : 'a';
        EXPECT_EQ(api.get(token, place).status, 401) << i;
    }
    auto const share = link.substr(0, link.find('_', 4));
    EXPECT_EQ(api.send(service::Method::del, api.client, place + "/shares/" + share).status, 204);
    EXPECT_EQ(api.get(pass, place).status, 401);
    EXPECT_EQ(give(link, "password=correct+horse").problem(), "not-found");
    EXPECT_EQ(give("shl_x_y", "password=correct+horse").problem(), "not-found");
}

TEST_F(ShareLinks, APasswordIsTriedFiveTimesAMinute) {
    auto const link = guarded_link().text("token");
    auto const other = guarded_link().text("token");
    EXPECT_EQ(give(link, "password=correct+horse").status, 303);
    api.store.advance(20'000);
    for (int i = 1; i < 5; ++i) {
        EXPECT_EQ(give(link, "password=guess").status, 401);
    }
    auto const refused = give(link, "password=correct+horse");
    EXPECT_EQ(refused.problem(), "too-many-requests");
    EXPECT_EQ(refused.field("retry-after"), "40");
    EXPECT_EQ(give(other, "password=correct+horse").status, 303) << "one link's tries are its own";
    api.store.advance(40'000);
    EXPECT_EQ(give(link, "password=correct+horse").status, 303);
}

/// Whoever comes while another password is looked at tries again, with the same key, and has lost
/// nothing.
TEST_F(ShareLinks, APasswordThatNobodyLookedAtWasNoTry) {
    auto const link = guarded_link().text("token");
    {
        service::PasswordTurn const somebody_else;
        ASSERT_TRUE(somebody_else.is_mine());
        for (int i = 0; i < 10; ++i) {
            auto const refused = give(link, "password=correct+horse");
            EXPECT_EQ(refused.problem(), "too-many-requests");
            EXPECT_EQ(refused.field("retry-after"), "1");
        }
        auto const page = give(link, "password=correct+horse", "text/html");
        EXPECT_EQ(page.status, 429);
        EXPECT_EQ(page.field("retry-after"), "1");
        EXPECT_NE(page.body.find("<form"), std::string::npos);
        EXPECT_EQ(page.body.find("not its password"), std::string::npos);
        EXPECT_EQ(guarded_link().problem(), "too-many-requests");
        EXPECT_EQ(keyed(link, "password=correct+horse").problem(), "too-many-requests");
    }
    EXPECT_EQ(keyed(link, "password=correct+horse").status, 200);
    EXPECT_EQ(keyed(link, "password=correct+horse").problem(), "conflict") << "shown once";
    for (int i = 2; i < 5; ++i) {
        EXPECT_EQ(give(link, "password=guess").status, 401);
    }
    EXPECT_EQ(give(link, "password=correct+horse").field("retry-after"), "60");
}

TEST_F(ShareLinks, APassDoesNotOutliveItsLink) {
    auto const link = guarded_link(R"(,"expires_in_s":3600)").text("token");
    auto const answer = give(link, "password=correct+horse", "application/json");
    EXPECT_EQ(answer.text("expires"), service::time_text(api.store.now_ms() + 3'600'000));
    api.store.advance(3'600'000);
    EXPECT_EQ(api.get(answer.text("token"), place).status, 401);
}

TEST_F(ShareLinks, NoPasswordIsKeptOrGuessedFromWhatIs) {
    auto const link = guarded_link().text("token");
    EXPECT_EQ(
        api.send(
               service::Method::post,
               "",
               "/r/" + link,
               "password=correct+horse",
               {{"idempotency-key", "k"}, {"accept", "application/json"}}
        ).status,
        200
    );
    auto& database = api.store.database();
    auto const kept = database.query("SELECT password FROM share").front().text("password");
    EXPECT_TRUE(kept.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << kept;
    // A quick hash of the body would give the password away to who tries many.
    auto const fingerprints = database.query("SELECT fingerprint, response FROM idempotency");
    EXPECT_GE(fingerprints.size(), 2U);
    for (auto const& row : fingerprints) {
        EXPECT_EQ(row.text("response").find("horse"), std::string::npos);
        for (auto const& body :
             {std::string{"password=correct+horse"},
              std::string{R"({"recipient":"Ada","password":"correct horse"})"}}) {
            for (auto const& path : {"/r/" + link, place + "/shares"}) {
                EXPECT_NE(
                    row.text("fingerprint"),
                    service::hash_of_secret("POST " + path + "\n" + body + "\n\n\n")
                );
            }
        }
    }
    EXPECT_TRUE(api.errors.empty());
}

TEST_F(ShareLinks, APasswordHasALengthAndItsDocumentALimit) {
    for (auto const& password : {std::string(7, 'a'), std::string(201, 'a')}) {
        auto const answer = api.post(
            api.client,
            place + "/shares",
            fmt::format(R"({{"recipient":"x","password":"{}"}})", password)
        );
        EXPECT_EQ(answer.problem(), "invalid-document");
    }
    EXPECT_EQ(api.post(api.client, place + "/shares", "{").problem(), "bad-request");
    EXPECT_EQ(
        api.post(api.client, place + "/shares", std::string((1U << 20U) + 1, ' ')).problem(),
        "too-large"
    );
    EXPECT_EQ(give(guarded_link().text("token"), std::string((1U << 20U) + 1, 'a')).status, 413);
}

} // namespace
} // namespace stemlathe::test
