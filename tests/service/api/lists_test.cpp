// Filters of lists: what changed since a moment, and what is in a state.

#include "service/api/rfc3339.hpp"
#include "tests/service/api/world.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <array>

namespace stemlathe::test {
namespace {

using service::time_in;
using service::time_text;

constexpr std::int64_t kHour_ms = 3'600'000;

std::vector<std::string> ids_of(Answer const& answer) {
    std::vector<std::string> ids;
    for (auto const& item : answer.items()) {
        ids.emplace_back(item.at("id").as_string().c_str());
    }
    return ids;
}

class ListFilters : public ::testing::Test {
  protected:
    std::string now() {
        return time_text(
            world.api.store.database().query("SELECT now_ms() AS now").front().integer("now")
        );
    }

    /// What a list holds that was changed since then, seen by the house.
    std::vector<std::string> changed(std::string const& list, std::string const& since) {
        return ids_of(
            world.api.get(world.api.owner, fmt::format("{}?updated_since={}", list, since))
        );
    }

    World world{};
    std::string place = "/v1/sessions/" + world.session;
};

/// Every operation that pages takes the filter, holds everything made since a moment, and nothing
/// where that moment is yet to come.
TEST_F(ListFilters, EveryListTellsWhatIsNew) {
    auto const before = time_text(0);
    world.api.store.advance(kHour_ms);
    auto const after = now();
    int lists = 0;
    for (auto const& operation : operations()) {
        bool pages = false;
        bool filters = false;
        if (auto const* parameters = operation.rules->if_contains("parameters")) {
            for (auto const& item : parameters->as_array()) {
                auto const* reference = item.as_object().if_contains("$ref");
                auto const is = [&](char const* name) {
                    return reference != nullptr && reference->as_string() == name;
                };
                pages = pages || is("#/components/parameters/after");
                filters = filters || is("#/components/parameters/updatedSince");
            }
        }
        EXPECT_EQ(pages, filters) << operation.name();
        if (!pages) {
            continue;
        }
        ++lists;
        auto const path = world.path_of(operation);
        bool const is_empty = ids_of(world.api.get(world.api.owner, path)).empty();
        EXPECT_EQ(changed(path, before).empty(), is_empty) << path;
        EXPECT_TRUE(changed(path, after).empty()) << path;
        auto const wrong = world.api.get(world.api.owner, path + "?updated_since=yesterday");
        EXPECT_EQ(wrong.problem(), "bad-request") << path;
        EXPECT_NE(wrong.text("detail").find("yesterday"), std::string::npos) << path;
    }
    EXPECT_GE(lists, 13);
}

TEST_F(ListFilters, AMomentBeforeAllTimeHoldsEverything) {
    for (auto const* list : {"/v1/sessions", "/v1/jobs"}) {
        EXPECT_EQ(
            changed(list, "1970-01-01T00:00:00+02:00"), ids_of(world.api.get(world.api.owner, list))
        );
    }
}

TEST_F(ListFilters, AChangeBringsAThingBack) {
    auto& api = world.api;
    world.api.store.advance(kHour_ms);
    auto const since = now();
    auto const change = [&](std::string const& path, std::string const& body) {
        auto const answer =
            api.send(service::Method::patch, api.owner, path, body, {{"if-match", "*"}});
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.text("updated"), since) << path;
    };
    auto const of = [&](std::string_view name) {
        return std::vector{world.ids.at(std::string{name})};
    };
    change(place + "/stems/" + world.ids["stem"], R"({"priority":2})");
    EXPECT_EQ(changed(place + "/stems", since), of("stem"));
    change(place + "/comments/" + world.ids["comment"], R"({"text":"softer"})");
    EXPECT_EQ(changed(place + "/comments", since), of("comment"));
    change("/v1/clients/" + world.ids["client"], R"({"weight":2})");
    EXPECT_EQ(changed("/v1/clients", since), of("client"));
    change(place, R"({"title":"New"})");
    EXPECT_EQ(changed("/v1/sessions", since), of("session"));
    auto const put = [&](std::string const& path, std::string const& body) {
        EXPECT_EQ(
            api.send(service::Method::put, api.owner, path, body, {{"if-match", "*"}}).status, 200
        ) << path;
    };
    put(place + "/plans/" + world.ids["plan"], R"({"plan":{}})");
    EXPECT_EQ(changed(place + "/plans", since), of("plan"));
    put("/v1/presets/" + world.ids["preset"], R"({"name":"other"})");
    EXPECT_EQ(changed("/v1/presets", since), of("preset"));
}

TEST_F(ListFilters, AnEndBringsAThingBack) {
    auto& api = world.api;
    world.api.store.advance(kHour_ms);
    auto const since = now();
    auto const end = [&](service::Method method, std::string const& path) {
        EXPECT_LT(api.send(method, api.owner, path, "", {{"if-match", "*"}}).status, 300) << path;
    };
    end(service::Method::post, place + "/approvals/" + world.ids["approval"] + ":withdraw");
    EXPECT_EQ(changed(place + "/approvals", since), std::vector{world.ids["approval"]});
    end(service::Method::del, place + "/shares/" + world.ids["share"]);
    EXPECT_EQ(changed(place + "/shares", since), std::vector{world.ids["share"]});
    end(service::Method::del, "/v1/tokens/" + world.ids["token"]);
    EXPECT_EQ(changed("/v1/tokens", since), std::vector{world.ids["token"]});
}

TEST_F(ListFilters, ARoundIsNewWhenItIsClosedAndWhenItsRevisionIsOrdered) {
    auto& api = world.api;
    auto const round = api.post(api.client, place + "/rounds").text("id");
    world.api.store.advance(kHour_ms);
    auto const since = now();
    EXPECT_TRUE(changed(place + "/rounds", since).empty());
    auto const render = api.order(api.client, world.session);
    EXPECT_EQ(changed(place + "/rounds", since), std::vector{round});
    EXPECT_EQ(changed(place + "/renders", since), std::vector{render});
    EXPECT_EQ(changed("/v1/jobs", since).size(), 1U);
    EXPECT_TRUE(changed(place + "/comments", since).empty());
    api.finish_job("3");
    EXPECT_EQ(changed(place + "/comments", since), std::vector{world.ids["comment"]});
}

TEST_F(ListFilters, RendersAndStemsAreFoundByState) {
    auto const waiting = world.waiting_render();
    auto const found = [&](std::string const& list, std::string const& state) {
        return ids_of(
            world.api.get(world.api.client, fmt::format("{}/{}?state={}", place, list, state))
        );
    };
    EXPECT_EQ(found("renders", "queued"), std::vector{waiting});
    EXPECT_EQ(found("renders", "succeeded").size(), 2U);
    EXPECT_TRUE(found("renders", "running").empty());
    auto const lease =
        world.api.queue.claim({.owner = "worker", .kinds = {"render"}, .has_gpu = true});
    ASSERT_TRUE(lease);
    EXPECT_EQ(found("renders", "running"), std::vector{waiting});
    EXPECT_TRUE(world.api.queue.fail(*lease, service::Outcome::input, "unreadable", "no"));
    EXPECT_EQ(found("renders", "failed"), std::vector{waiting});
    EXPECT_EQ(found("stems", "ready"), std::vector{world.ids["stem"]});
    EXPECT_TRUE(found("stems", "rejected").empty());
    for (auto const* list : {"renders", "stems"}) {
        EXPECT_EQ(
            world.api.get(world.api.client, fmt::format("{}/{}?state=leased", place, list))
                .problem(),
            "bad-request"
        );
    }
}

TEST(Rfc3339, ReadsWhatItWritesAndEveryOffset) {
    EXPECT_EQ(time_in("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(time_in("2026-11-26T08:12:03.123Z"), 1'795'680'723'123);
    EXPECT_EQ(time_text(1'795'680'723'123), "2026-11-26T08:12:03.123Z");
    for (auto const* same :
         {"2026-11-26t08:12:03.1239z",
          "2026-11-26T10:12:03.123+02:00",
          "2026-11-25T22:42:03.123456789-09:30",
          "2026-11-26T08:12:03.123-00:00"}) {
        EXPECT_EQ(time_in(same), 1'795'680'723'123) << same;
    }
    EXPECT_EQ(time_in("2024-02-29T23:59:60Z"), time_in("2024-03-01T00:00:00Z")) << "a leap second";
    EXPECT_EQ(time_in("2026-11-26T08:12:03.5Z"), 1'795'680'723'500);
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
    for (auto const* text :
         {"",
          "Z",
          "2026-11-26",
          "2026-11-26T08:12Z",
          "2026-11-26T08:12:03",
          "2026-11-26 08:12:03Z",
          "2026-11-26T08:12:03.Z",
          "2026-11-26T08:12:03+0200",
          "2026-11-26T08:12:03+24:00",
          "2026-11-26T08:12:03Zulu",
          "2026-02-29T08:12:03Z",
          "2026-13-01T08:12:03Z",
          "2026-00-01T08:12:03Z",
          "2026-04-31T08:12:03Z",
          "2026-11-26T24:00:00Z",
          "2026-11-26T08:60:00Z",
          "2026-11-26T08:12:61Z",
          "1969-12-31T23:59:59Z",
          "-026-11-26T08:12:03Z",
          "20261126T081203Z",
          "1795680723"}) {
        EXPECT_EQ(time_in(text), std::nullopt) << text;
    }
}

} // namespace
} // namespace stemlathe::test
