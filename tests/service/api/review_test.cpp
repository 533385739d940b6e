// Listening and saying: comments, feedback rounds, share links, events.

#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <set>

namespace stemlathe::test {
namespace {

namespace json = boost::json;

class Review : public ApiTest {
  protected:
    std::string song = api.song(api.client);
    std::string place = "/v1/sessions/" + song;

    Answer say(std::string_view token, std::string const& body) {
        return api.send(service::Method::post, token, place + "/comments", body);
    }

    std::string said(std::string_view token, std::string const& body) {
        auto const made = say(token, body);
        EXPECT_EQ(made.status, 201) << made.body;
        return made.text("id");
    }

    std::vector<std::string> comments(std::string_view token, std::string const& query = "") {
        std::vector<std::string> texts;
        for (auto const& item : api.get(token, place + "/comments" + query).items()) {
            texts.emplace_back(item.at("text").as_string().c_str());
        }
        return texts;
    }
};

TEST_F(Review, APlainRemarkIsAnchoredByItself) {
    auto const made = say(api.client, R"({"text":"0:47 - vocal too harsh"})");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().at("start_s").to_number<double>(), 47.0);
    EXPECT_EQ(made.json().at("end_s").to_number<double>(), 47.0);
    EXPECT_EQ(made.text("text"), "vocal too harsh");
    EXPECT_EQ(made.text("stem"), "02_Vocals.wav");
    EXPECT_EQ(api.get(api.client, made.field("location")).body, made.body);
    auto const range = say(api.client, R"({"text":"1:02-1:18 drums fight the rest"})");
    EXPECT_EQ(range.json().at("start_s").to_number<double>(), 62.0);
    EXPECT_EQ(range.json().at("end_s").to_number<double>(), 78.0);
}

TEST_F(Review, ARemarkThatIsAnchoredAlreadyKeepsItsWords) {
    auto const made = say(api.client, R"({"text":"0:47 - too harsh","start_s":3.25})");
    EXPECT_EQ(made.text("text"), "0:47 - too harsh");
    EXPECT_EQ(made.json().at("start_s").to_number<double>(), 3.25);
    for (auto const* text :
         {"as loud as 1:2:3:4", "0:47", "0:10 - one\n0:20 - two", "10:99 - no"}) {
        json::object const body{{"text", text}};
        auto const whole = say(api.client, json::serialize(body));
        ASSERT_EQ(whole.status, 201) << whole.body;
        EXPECT_FALSE(whole.text("text").empty());
    }
}

TEST_F(Review, CommentsHaveRepliesOfOneLevel) {
    auto const parent = said(api.client, R"({"text":"too loud"})");
    auto const reply =
        said(api.owner, fmt::format(R"({{"text":"how much?","parent":"{}"}})", parent));
    EXPECT_EQ(
        say(api.client, fmt::format(R"({{"text":"2 dB","parent":"{}"}})", reply)).status, 404
    );
    EXPECT_EQ(say(api.client, R"({"text":"x","parent":"cmt_none"})").status, 404);
    EXPECT_EQ(say(api.client, R"({"text":"x","start_s":5,"end_s":4})").status, 422);
    EXPECT_EQ(say(api.client, R"({"text":"x","end_s":4})").status, 422);
    EXPECT_EQ(
        api.send(
               service::Method::del,
               api.client,
               place + "/comments/" + parent,
               "",
               {{"if-match", "*"}}
        ).status,
        204
    );
    EXPECT_TRUE(comments(api.client).empty());
}

TEST_F(Review, OnlyTheAuthorAndTheHouseChangeAComment) {
    auto const ada = api.link(api.client, song, R"(["comment"])");
    auto const ben = api.link(api.client, song, R"(["comment"])");
    auto const made = say(ada, R"({"text":"too loud","start_s":1,"end_s":2})");
    EXPECT_EQ(made.text("author"), "Ada");
    auto const at = made.field("location");
    EXPECT_EQ(
        api.send(service::Method::patch, ben, at, R"({"text":"x"})", if_match(made)).problem(),
        "forbidden"
    );
    EXPECT_EQ(api.send(service::Method::del, ben, at, "", if_match(made)).problem(), "forbidden");
    auto const changed = api.send(
        service::Method::patch, ada, at, R"({"text":"a bit loud","end_s":null})", if_match(made)
    );
    EXPECT_EQ(changed.text("text"), "a bit loud");
    EXPECT_TRUE(changed.json().at("end_s").is_null());
    EXPECT_EQ(changed.json().at("start_s").to_number<double>(), 1.0);
    EXPECT_EQ(
        api.send(
               service::Method::patch, ada, at, R"({"start_s":null,"end_s":3})", if_match(changed)
        )
            .status,
        422
    );
    EXPECT_EQ(
        api.send(service::Method::patch, api.owner, at, R"({"text":"ok"})", if_match(changed))
            .status,
        200
    );
}

TEST_F(Review, OpenCommentsAreCarriedToTheNextRevisions) {
    auto const first = api.revision(api.client, song, "1");
    auto const second = api.revision(api.client, song, "2");
    auto const third = api.revision(api.client, song, "3");
    auto const on = [](std::string const& text, std::string const& render) {
        return fmt::format(R"({{"text":"{}","render":"{}"}})", text, render);
    };
    auto const fixed = said(api.client, on("fixed by two", first));
    said(api.client, on("still open", first));
    said(api.client, on("of three", third));
    auto const resolved = api.send(
        service::Method::post,
        api.client,
        place + "/comments/" + fixed + ":resolve",
        fmt::format(R"({{"render":"{}"}})", second)
    );
    EXPECT_EQ(resolved.text("state"), "resolved");
    EXPECT_EQ(resolved.text("resolved_by"), second);
    using Texts = std::vector<std::string>;
    EXPECT_EQ(comments(api.client, "?render=" + first), (Texts{"fixed by two", "still open"}));
    EXPECT_EQ(comments(api.client, "?render=" + third), (Texts{"still open", "of three"}));
    EXPECT_EQ(comments(api.client, "?state=resolved"), Texts{"fixed by two"});
    auto const reopened =
        api.send(service::Method::post, api.client, place + "/comments/" + fixed + ":reopen");
    EXPECT_EQ(reopened.text("state"), "open");
    EXPECT_EQ(comments(api.client, "?render=" + third).size(), 3U);
    EXPECT_EQ(api.get(api.client, place + "/comments?render=rnd_none").status, 404);
}

TEST_F(Review, ASessionHoldsSoManyCommentsAndNotMore) {
    api.services.limits.comments_max = 2;
    said(api.client, R"({"text":"one"})");
    said(api.client, R"({"text":"two"})");
    EXPECT_EQ(say(api.client, R"({"text":"three"})").problem(), "conflict");
}

TEST_F(Review, OneRoundIsOneRevision) {
    auto const rounds = place + "/rounds";
    EXPECT_EQ(api.post(api.client, rounds).problem(), "conflict"); // nothing was said
    api.revision(api.client, song, "1");
    auto const late = said(api.client, R"({"text":"1:00 - b"})");
    said(api.client, R"({"text":"0:10 - a"})");
    said(api.owner, fmt::format(R"({{"text":"sure?","parent":"{}"}})", late));
    auto const closed = api.post(api.client, rounds);
    ASSERT_EQ(closed.status, 201) << closed.body;
    auto const brief = closed.json().at("brief").as_array();
    ASSERT_EQ(brief.size(), 2U);
    EXPECT_EQ(brief[0].at("text").as_string(), "a");
    EXPECT_EQ(brief[1].at("replies").at(0).at("text").as_string(), "sure?");
    said(api.client, R"({"text":"after the round"})");
    EXPECT_EQ(api.post(api.client, rounds).problem(), "conflict");

    auto const answer = api.order(api.client, song);
    EXPECT_EQ(api.get(api.client, "/v1/renders/" + answer).text("round"), closed.text("id"));
    EXPECT_EQ(api.post(api.client, rounds).problem(), "conflict"); // it is not finished
    auto const named = fmt::format(R"({{"round":"{}"}})", closed.text("id"));
    EXPECT_EQ(api.post(api.client, place + "/renders", named).problem(), "conflict");
    api.finish_job("2");
    using Texts = std::vector<std::string>;
    EXPECT_EQ(comments(api.client, "?state=open"), Texts{"after the round"});
    EXPECT_EQ(api.get(api.client, place + "/comments/" + late).text("resolved_by"), answer);
    EXPECT_EQ(api.post(api.client, rounds).status, 201);
    EXPECT_EQ(api.get(api.client, place).number("rounds"), 2);
    EXPECT_EQ(api.get(api.client, rounds).items().size(), 2U);
}

TEST_F(Review, ARoundWhoseRevisionFailedWaitsForAnother) {
    said(api.client, R"({"text":"a"})");
    auto const round = api.post(api.client, place + "/rounds").text("id");
    api.order(api.client, song);
    auto const lease = api.queue.claim({.owner = "w", .kinds = {"render"}});
    EXPECT_TRUE(api.queue.fail(*lease, service::Outcome::input, "invalid_plan", "no"));
    auto const second = api.order(api.client, song);
    EXPECT_EQ(api.get(api.client, "/v1/renders/" + second).text("round"), round);
}

TEST_F(Review, TheHousesAverageOfRoundsIsShown) {
    EXPECT_TRUE(api.get(api.client, place).json().at("house_average_rounds").is_null());
    api.store.database().query(
        "UPDATE session SET state='delivered', rounds=3 WHERE id=$1", {song}
    );
    auto const other = api.song(api.client);
    api.store.database().query("UPDATE session SET state='approved' WHERE id=$1", {other});
    auto const shown = api.get(api.client, place).json();
    EXPECT_EQ(shown.at("house_average_rounds").to_number<double>(), 1.5);
    EXPECT_EQ(shown.at("industry_average_rounds").to_number<double>(), 2.4);
}

TEST_F(Review, ALinkShowsTheSongAndNothingOfTheHouse) {
    auto const noted = api.session(api.client, R"({"title":"Song","notes":"pays late"})");
    api.stem(noted, "01_Drums.wav");
    auto const render = api.revision(api.client, noted, "1");
    auto const link = api.link(api.client, noted, R"(["listen","download"])");
    auto const session = api.get(link, "/v1/sessions/" + noted);
    EXPECT_EQ(session.text("title"), "Song");
    for (auto const* key : {"notes", "client", "preset", "house_average_rounds"}) {
        EXPECT_FALSE(session.json().as_object().contains(key)) << key;
    }
    auto const shown = api.get(link, "/v1/renders/" + render);
    EXPECT_EQ(shown.text("state"), "succeeded");
    for (auto const* key : {"plan", "changes", "result", "attempts", "position"}) {
        EXPECT_FALSE(shown.json().as_object().contains(key)) << key;
    }
    EXPECT_TRUE(shown.json().at("outputs").as_array().empty()); // not approved
    EXPECT_EQ(api.get(link, "/v1/renders/" + render + "/media").status, 200);
    EXPECT_EQ(api.get(link, "/v1/sessions").problem(), "forbidden");
    EXPECT_EQ(api.get(link, "/v1/sessions/" + noted + "/stems").problem(), "forbidden");
    EXPECT_EQ(api.get(link, "/v1/sessions/" + song).status, 404);
}

TEST_F(Review, ALinkMayOnlyWhatItsRightsSay) {
    auto const render = api.revision(api.client, song, "1");
    auto const listens = api.link(api.client, song, R"(["listen"])");
    EXPECT_EQ(say(listens, R"({"text":"x"})").problem(), "forbidden");
    auto const body = fmt::format(R"({{"render":"{}"}})", render);
    EXPECT_EQ(api.post(listens, place + "/approvals", body).problem(), "forbidden");
    EXPECT_EQ(
        api.get(listens, "/v1/renders/" + render + "/files/report.json").problem(), "forbidden"
    );
    auto const approves = api.link(api.client, song, R"(["approve","comment"])");
    EXPECT_EQ(say(approves, R"({"text":"x"})").status, 201);
    EXPECT_EQ(api.post(approves, place + "/approvals", body).status, 201);
    EXPECT_EQ(
        api.get(approves, "/v1/renders/" + render + "/files/report.json").problem(), "forbidden"
    );
    EXPECT_EQ(
        api.send(
               service::Method::post,
               api.client,
               place + "/shares",
               R"({"recipient":"x","rights":["own"]})"
        )
            .problem(),
        "invalid-document"
    );
}

TEST_F(Review, ALinkForOneRevisionShowsThatOneOnly) {
    auto const first = api.revision(api.client, song, "1");
    auto const second = api.revision(api.client, song, "2");
    said(api.client, fmt::format(R"({{"text":"of one","render":"{}"}})", first));
    said(api.client, fmt::format(R"({{"text":"of two","render":"{}"}})", second));
    auto const link = api.link(
        api.client, song, R"(["listen","comment"])", fmt::format(R"(,"render":"{}")", first)
    );
    EXPECT_EQ(api.get(link, "/v1/renders/" + first).status, 200);
    EXPECT_EQ(api.get(link, "/v1/renders/" + second).status, 404);
    EXPECT_EQ(api.get(link, "/v1/renders/" + second + "/media").status, 404);
    EXPECT_EQ(api.get(link, place + "/renders").items().size(), 1U);
    EXPECT_EQ(comments(link), std::vector<std::string>{"of one"});
    EXPECT_EQ(say(link, R"({"text":"x"})").text("render"), first);
}

TEST_F(Review, ALinkEndsByTimeAndByHand) {
    auto const link = api.link(api.client, song, R"(["listen"])", R"(,"expires_in_s":60)");
    EXPECT_EQ(api.get(link, place).status, 200);
    EXPECT_EQ(api.get("", "/r/" + link).status, 200);
    api.store.advance(60'000);
    EXPECT_EQ(api.get(link, place).status, 401);
    EXPECT_EQ(api.get("", "/r/" + link).status, 404);
    auto const second = api.link(api.client, song, R"(["listen"])");
    auto const id = second.substr(0, second.find('_', 4));
    EXPECT_EQ(api.send(service::Method::del, api.client, place + "/shares/" + id).status, 204);
    EXPECT_EQ(api.get(second, place).status, 401);
    EXPECT_EQ(api.get(api.client, place + "/shares").items().size(), 2U);
}

TEST_F(Review, ALinkIsPlayedSoOftenAndNotMore) {
    auto const media = "/v1/renders/" + api.revision(api.client, song, "1") + "/media";
    auto const link = api.link(api.client, song, R"(["listen"])", R"(,"max_plays":2)");
    EXPECT_EQ(api.get(link, media).status, 200);
    EXPECT_EQ(api.get(link, media, {{"range", "bytes=5-"}}).status, 206); // it goes on
    EXPECT_EQ(api.send(service::Method::head, link, media).status, 200);
    EXPECT_EQ(api.get(link, media, {{"range", "bytes=0-"}}).status, 206);
    EXPECT_EQ(api.get(link, media).problem(), "forbidden");
    EXPECT_EQ(api.get(api.client, media).status, 200);
    EXPECT_EQ(api.get(api.client, place + "/shares").items()[0].at("plays").to_number<int>(), 2);
}

TEST_F(Review, EveryByteOfALinkCounts) {
    auto const link = api.link(api.client, song, R"(["listen"])");
    for (std::size_t i = 0; i < link.size(); ++i) {
        auto token = link;
        token[i] = token[i] == 'a' ? 'b' : 'a';
        EXPECT_EQ(api.get("", "/r/" + token).status, 404) << i;
        EXPECT_EQ(api.get(token, place).status, 401) << i;
    }
    EXPECT_EQ(api.get(link, place).status, 200);
}

TEST_F(Review, TheReviewPagePlaysByACookieThatReadsOnly) {
    auto const media = "/v1/renders/" + api.revision(api.client, song, "1") + "/media";
    say(api.client, R"({"text":"<script>alert(1)</script>"})");
    auto const link = api.link(api.client, song, R"(["listen","comment"])");
    auto const page = api.get("", "/r/" + link);
    EXPECT_NE(page.body.find(media), std::string::npos);
    EXPECT_EQ(page.body.find("<script>"), std::string::npos);
    EXPECT_NE(page.field("set-cookie").find("HttpOnly; SameSite=Strict"), std::string::npos);
    Sent const cookie{{"cookie", "a=b; stemlathe_link=" + link}};
    EXPECT_EQ(api.get("", media, cookie).status, 200);
    EXPECT_EQ(
        api.send(service::Method::post, "", place + "/comments", R"({"text":"x"})", cookie).status,
        401
    );
    EXPECT_EQ(api.get("", media, {{"cookie", "stemlathe_link=" + link + "x"}}).status, 401);
}

std::set<std::string> types_of(json::array const& events) {
    std::set<std::string> types;
    for (auto const& event : events) {
        types.emplace(event.at("type").as_string().c_str());
    }
    return types;
}

TEST_F(Review, EverybodyHearsOfHisOwnThings) {
    auto const link = api.link(api.client, song, R"(["listen"])");
    auto const other = api.song(api.client);
    api.revision(api.client, song, "1");
    api.song(api.stranger);
    Sent const as_json{{"accept", "application/json"}};
    auto const heard = [&](std::string const& token) {
        return api.get(token, "/v1/events?limit=200", as_json).items();
    };
    EXPECT_TRUE(types_of(heard(api.client)).contains("render.succeeded"));
    EXPECT_EQ(heard(api.stranger).size(), 1U);
    EXPECT_EQ(heard(api.owner).size(), heard(api.client).size() + 1);
    for (auto const& event : heard(link)) {
        EXPECT_EQ(event.at("session").as_string(), song);
    }
    EXPECT_FALSE(heard(link).empty());
    auto const all = heard(api.client);
    auto const second = std::to_string(all[1].at("id").as_int64());
    EXPECT_EQ(
        api.get(api.client, "/v1/events?after=" + second, as_json).items().size(), all.size() - 2
    );
    EXPECT_EQ(api.get(api.client, "/v1/events?after=x", as_json).problem(), "bad-request");
}

TEST_F(Review, AStreamGoesOnWhereItsReaderWas) {
    auto const stream = api.get(api.client, "/v1/events");
    EXPECT_EQ(stream.field("content-type"), "text/event-stream");
    EXPECT_TRUE(stream.events->next().empty()); // from now on
    said(api.client, R"({"text":"a"})");
    auto const news = stream.events->next();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].type, "comment.created");
    EXPECT_EQ(json::parse(news[0].data).at("id").as_int64(), news[0].id);
    said(api.client, R"({"text":"b"})");
    auto const again =
        api.get(api.client, "/v1/events", {{"last-event-id", std::to_string(news[0].id)}});
    ASSERT_EQ(again.events->next().size(), 1U);
    EXPECT_TRUE(again.events->next().empty());
}

TEST_F(Review, ARevokedTokenEndsItsStream) {
    auto const link = api.link(api.client, song, R"(["listen"])");
    auto const made = api.send(service::Method::post, api.owner, "/v1/tokens", R"({"name":"t"})");
    auto const by_token = api.get(made.text("token"), "/v1/events");
    auto const by_link = api.get(link, "/v1/events");
    auto const by_admin = api.get(api.owner, "/v1/events");
    EXPECT_FALSE(by_token.events->is_over());
    EXPECT_FALSE(by_link.events->is_over());
    api.send(service::Method::del, api.owner, "/v1/tokens/" + made.text("id"));
    api.send(
        service::Method::del, api.client, place + "/shares/" + link.substr(0, link.find('_', 4))
    );
    EXPECT_TRUE(by_token.events->is_over());
    EXPECT_TRUE(by_link.events->is_over());
    EXPECT_FALSE(by_admin.events->is_over());
}

} // namespace
} // namespace stemlathe::test
