// From a session to a finished revision: sessions, presets, stems, plans.

#include "host/profiles/profiles_toml.hpp"
#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace stemlathe::test {
namespace {

namespace json = boost::json;

using Making = ApiTest;

TEST_F(Making, ASessionKeepsWhatIsSaidOfTheRelease) {
    auto const made = api.send(
        service::Method::post,
        api.client,
        "/v1/sessions",
        R"({"title":"Harbour Lights","artist":"The Quays","isrc":"gb-aye-06-01498",
            "upc":"036000291452","date":"2026-11-26","platforms":["spotify","vinyl"],"notes":"n"})"
    );
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.field("location"), "/v1/sessions/" + made.text("id"));
    EXPECT_EQ(made.text("isrc"), "GBAYE0601498");
    EXPECT_EQ(made.text("client"), api.client_id);
    EXPECT_EQ(made.text("state"), "draft");
    auto const changed = api.send(
        service::Method::patch,
        api.client,
        made.field("location"),
        R"({"notes":null,"album":"Tide Tables"})",
        if_match(made)
    );
    EXPECT_TRUE(changed.json().at("notes").is_null());
    EXPECT_EQ(changed.text("album"), "Tide Tables");
    EXPECT_EQ(changed.text("title"), "Harbour Lights");
}

TEST_F(Making, ASessionsWordsAreChecked) {
    for (auto const* body :
         {R"({"isrc":"GBAYE"})",
          R"({"upc":"036000291453"})",
          R"({"date":"2026-13-01"})",
          R"({"date":"20261126"})",
          R"({"platforms":"spotify"})",
          R"({"title":7})"}) {
        EXPECT_EQ(
            api.send(service::Method::post, api.client, "/v1/sessions", body).problem(),
            "invalid-document"
        ) << body;
    }
    EXPECT_EQ(
        api.send(service::Method::post, api.client, "/v1/sessions", R"({"preset":"pre_none"})")
            .status,
        404
    );
    auto const foreign = fmt::format(R"({{"client":"{}"}})", api.stranger_id);
    EXPECT_EQ(api.send(service::Method::post, api.client, "/v1/sessions", foreign).status, 404);
    EXPECT_EQ(api.send(service::Method::post, api.owner, "/v1/sessions", foreign).status, 201);
}

TEST_F(Making, ADeletedSessionGivesItsRoomBackAndItsLinksEnd) {
    auto const id = api.song(api.client);
    api.store.database().query(
        "UPDATE tenant SET used_bytes=(SELECT sum(bytes) FROM stem) WHERE id=$1", {api.client_id}
    );
    auto const link = api.link(api.client, id, R"(["listen"])");
    auto const job = api.order(api.client, id);
    EXPECT_EQ(
        api.send(
               service::Method::del, api.client, "/v1/sessions/" + id, "", {{"if-match", "*"}}
        ).problem(),
        "conflict"
    );
    EXPECT_EQ(api.post(api.client, "/v1/renders/" + job + ":cancel").status, 200);
    EXPECT_EQ(
        api.send(
               service::Method::del, api.client, "/v1/sessions/" + id, "", {{"if-match", "*"}}
        ).status,
        204
    );
    EXPECT_EQ(api.get(api.client, "/v1/clients/" + api.client_id).number("used_bytes"), 0);
    EXPECT_EQ(api.get(link, "/v1/sessions/" + id).status, 401);
    EXPECT_EQ(api.get("", "/r/" + link).status, 404);
    EXPECT_EQ(api.get(api.client, "/v1/renders/" + job).status, 404);
}

TEST_F(Making, PresetsOfTheHouseAreForAllToUse) {
    auto const made = api.send(
        service::Method::post,
        api.owner,
        "/v1/presets",
        R"({"name":"rock","plan":{"masking":{"fix":"off"}},"deliveries":["vinyl"]})"
    );
    ASSERT_EQ(made.status, 201) << made.body;
    auto const place = made.field("location");
    EXPECT_EQ(api.get(api.client, place).text("name"), "rock");
    EXPECT_EQ(
        api.send(service::Method::put, api.client, place, R"({"name":"x"})", if_match(made))
            .problem(),
        "forbidden"
    );
    EXPECT_EQ(
        api.send(service::Method::post, api.owner, "/v1/presets", R"({"name":"rock"})").problem(),
        "conflict"
    );
    EXPECT_EQ(
        api.send(service::Method::post, api.client, "/v1/presets", R"({"name":"rock"})").status, 201
    );
    EXPECT_EQ(api.get(api.client, "/v1/presets").items().size(), 2U);
    EXPECT_EQ(api.get(api.stranger, "/v1/presets").items().size(), 1U);

    auto const id = api.session(api.client, fmt::format(R"({{"preset":"{}"}})", made.text("id")));
    api.stem(id, "01_Drums.wav");
    auto const render = api.get(api.client, "/v1/renders/" + api.order(api.client, id));
    EXPECT_EQ(json::serialize(render.json().at("plan")), R"({"masking":{"fix":"off"}})");
    EXPECT_EQ(json::serialize(render.json().at("deliveries")), R"(["vinyl"])");
    EXPECT_EQ(
        api.send(service::Method::put, api.owner, place, R"({"name":"pop"})", if_match(made))
            .status,
        200
    );
    EXPECT_EQ(
        api.send(service::Method::del, api.owner, place, "", {{"if-match", "\"v2\""}}).status, 204
    );
    EXPECT_EQ(api.get(api.client, place).status, 404);
    api.order(api.client, id); // goes on without it
}

TEST_F(Making, TheHousesOwnProfilesAreWrittenIntoThePlan) {
    add_profiles(
        api.services.profiles,
        "[[profile]]\nname = \"label_x\"\nbased_on = \"streaming\"\nintegrated_lufs = -12.0\n",
        "profiles.toml"
    );
    auto const id = api.song(api.client);
    auto const ordered = [&](std::string const& body) {
        return api.get(api.client, "/v1/renders/" + api.order(api.client, id, body)).json();
    };
    auto const by_name = ordered(R"({"plan":null,"deliveries":["cd","label_x"]})");
    EXPECT_EQ(json::serialize(by_name.at("deliveries")), R"(["cd","label_x"])");
    auto const& delivery = by_name.at("plan").at("delivery").as_array().at(0);
    EXPECT_EQ(delivery.at("profile"), "label_x");
    EXPECT_EQ(delivery.at("based_on"), "streaming");
    EXPECT_EQ(delivery.at("integrated_lufs").to_number<double>(), -12.0);

    auto const in_plan = ordered(R"({"plan":{"delivery":[{"profile":"label_x"}]}})");
    EXPECT_EQ(in_plan.at("plan").at("delivery").as_array().at(0).at("based_on"), "streaming");
    auto const built_in = ordered(R"({"plan":null,"deliveries":["cd"]})");
    EXPECT_TRUE(built_in.at("plan").is_null()) << "nothing to write out";
    EXPECT_EQ(
        api.send(
               service::Method::post,
               api.client,
               "/v1/presets",
               R"({"name":"x","deliveries":["label_x"]})"
        )
            .status,
        201
    );
    auto const unknown = api.post(
        api.client, "/v1/sessions/" + id + "/renders", R"({"plan":null,"deliveries":["label_y"]})"
    );
    EXPECT_EQ(unknown.problem(), "invalid-document");
    EXPECT_NE(unknown.body.find("label_x"), std::string::npos) << unknown.body;
}

TEST_F(Making, PresetsHoldPlansThatCanBeFollowed) {
    EXPECT_EQ(
        api.send(
               service::Method::post,
               api.client,
               "/v1/presets",
               R"({"name":"x","plan":{"buss":{}}})"
        )
            .problem(),
        "invalid-plan"
    );
    EXPECT_EQ(
        api.send(
               service::Method::post,
               api.client,
               "/v1/presets",
               R"({"name":"x","deliveries":["vynil"]})"
        )
            .problem(),
        "invalid-document"
    );
}

TEST_F(Making, StemsAreRenamedAndPlacedWithinTheirSession) {
    auto const session = api.session(api.client);
    auto const drums = api.stem(session, "01_Drums.wav");
    api.stem(session, "02_Bass.wav");
    auto const place = fmt::format("/v1/sessions/{}/stems/{}", session, drums);
    auto const shown = api.get(api.client, place);
    auto const changed = api.send(
        service::Method::patch,
        api.client,
        place,
        R"({"filename":"Kit.wav","role":"drums","priority":3,"offset_s":0.5,"mute":true})",
        if_match(shown)
    );
    EXPECT_EQ(changed.text("filename"), "Kit.wav");
    EXPECT_EQ(changed.text("role"), "drums");
    EXPECT_EQ(changed.json().at("offset_s").to_number<double>(), 0.5);
    EXPECT_TRUE(changed.json().at("mute").as_bool());
    auto const cleared = api.send(
        service::Method::patch,
        api.client,
        place,
        R"({"role":null,"offset_s":null})",
        if_match(changed)
    );
    EXPECT_TRUE(cleared.json().at("role").is_null());
    EXPECT_EQ(cleared.number("priority"), 3);
    EXPECT_EQ(cleared.json().at("offset_s").to_number<double>(), 0.0);
    EXPECT_EQ(
        api.send(
               service::Method::patch,
               api.client,
               place,
               R"({"filename":"02_Bass.wav"})",
               if_match(cleared)
        )
            .problem(),
        "conflict"
    );
    EXPECT_EQ(
        api.send(
               service::Method::patch,
               api.client,
               place,
               R"({"filename":"../x.wav"})",
               if_match(cleared)
        )
            .problem(),
        "invalid-document"
    );
    EXPECT_EQ(api.send(service::Method::del, api.client, place, "", if_match(cleared)).status, 204);
    EXPECT_EQ(api.get(api.client, place).status, 404);
    EXPECT_EQ(api.get(api.client, "/v1/sessions/" + session + "/stems").items().size(), 1U);
    EXPECT_EQ(
        api.get(api.client, "/v1/sessions/" + session + "/stems?kind=reference").items().size(), 0U
    );
}

TEST_F(Making, PlansAreCheckedAgainstTheStems) {
    auto const place = "/v1/sessions/" + api.song(api.client) + "/plans:validate";
    auto const check = [&](std::string const& plan) {
        return api.send(service::Method::post, api.client, place, R"({"plan":)" + plan + "}");
    };
    EXPECT_EQ(check(R"({"stem":[{"match":"vocals","gain_db":-1,"pan":null}]})").status, 200);
    EXPECT_EQ(check(R"({"stem":[{"match":"02_Vocals.wav"}]})").status, 200);
    auto const wrong = check(R"({"stem":[{"match":"vocals"},{"match":"*","gain_db":99}]})");
    EXPECT_EQ(wrong.problem(), "invalid-plan");
    EXPECT_EQ(wrong.json().at("errors").at(0).at("pointer").as_string(), "/plan/stem/1/gain_db")
        << wrong.body;
    EXPECT_EQ(check(R"({"stem":[{"match":"tuba"}]})").problem(), "invalid-plan");
    EXPECT_EQ(check(R"({"schema":"other/1"})").problem(), "invalid-plan");
    EXPECT_EQ(check("7").problem(), "invalid-document");
}

TEST_F(Making, APlanThatWasUsedIsKeptAndItsEditIsANewOne) {
    auto const session = api.song(api.client);
    auto const plans = "/v1/sessions/" + session + "/plans";
    auto const made = api.send(
        service::Method::post, api.client, plans, R"({"name":"A","plan":{"bus":{"limiter":"off"}}})"
    );
    ASSERT_EQ(made.status, 201) << made.body;
    auto const place = made.field("location");
    auto const edited = api.send(
        service::Method::put, api.client, place, R"({"name":"B","plan":{}})", if_match(made)
    );
    EXPECT_EQ(edited.status, 200);
    EXPECT_EQ(edited.text("id"), made.text("id"));
    EXPECT_EQ(
        api.send(service::Method::put, api.client, place, R"({"plan":{}})", if_match(made)).status,
        412
    );
    api.order(api.client, session, fmt::format(R"({{"plan_id":"{}"}})", made.text("id")));
    auto const copied = api.send(
        service::Method::put,
        api.client,
        place,
        R"({"name":"C","plan":{"reference":"off"}})",
        if_match(edited)
    );
    EXPECT_EQ(copied.status, 201);
    EXPECT_NE(copied.text("id"), made.text("id"));
    EXPECT_EQ(api.get(api.client, copied.field("location")).text("name"), "C");
    auto const kept = api.get(api.client, place);
    EXPECT_EQ(kept.text("name"), "B");
    EXPECT_TRUE(kept.json().at("used").as_bool());
    EXPECT_EQ(api.get(api.client, plans).items().size(), 2U);
}

TEST_F(Making, ASuggestedPlanComesFromAnAnalysis) {
    auto const session = api.song(api.client);
    auto const started = api.post(api.client, "/v1/sessions/" + session + "/plans:suggest");
    EXPECT_EQ(started.status, 202);
    auto const job = api.get(api.client, started.field("location"));
    EXPECT_EQ(job.text("kind"), "analysis");
    EXPECT_EQ(job.text("state"), "queued");
    api.finish_job("");
    EXPECT_EQ(api.get(api.client, started.field("location")).text("state"), "succeeded");
    auto const plans = api.get(api.client, "/v1/sessions/" + session + "/plans").items();
    ASSERT_EQ(plans.size(), 1U);
    EXPECT_EQ(plans[0].at("origin").as_string(), "suggested");
    EXPECT_EQ(json::serialize(plans[0].at("plan")), R"({"masking":{"fix":"off"}})");
}

} // namespace
} // namespace stemlathe::test
