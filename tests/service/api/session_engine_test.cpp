// Which engine makes the revisions of a session, and what is said where it is another one.

#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <optional>

namespace stemlathe::test {
namespace {

namespace json = boost::json;

class SessionEngine : public ApiTest {
  protected:
    /// The next render ends well on a worker of that engine.
    /// @returns false: there is none for it
    bool make(std::int64_t engine) {
        auto const lease = api.queue.claim(
            {.owner = "w",
             .kinds = {"render"},
             .has_gpu = true,
             .engine = engine,
             .engine_wait_ms = kWait_ms}
        );
        return lease && api.queue.complete(*lease, {}, R"({"duration_s":1})");
    }

    void hear_of(std::int64_t engine) {
        auto& database = api.store.database();
        database.query("DELETE FROM engine_seen WHERE generation=$1", {engine});
        database.query("INSERT INTO engine_seen VALUES($1, now_ms())", {engine});
    }

    json::value render(std::string const& id) {
        return api.get(api.owner, "/v1/renders/" + id).json();
    }

    json::value engine_of(std::string const& id) {
        return render(id).at("engine");
    }

    json::array told() {
        json::array found;
        for (auto const& event :
             api.get(
                    api.client, "/v1/events?limit=200", {{"accept", "application/json"}}
             ).items()) {
            if (event.at("type") == "session.engine_changed") {
                found.push_back(event);
            }
        }
        return found;
    }

    static constexpr std::int64_t kWait_ms = 180'000;
    std::string song = api.song(api.client);
};

TEST_F(SessionEngine, IsThatOfItsFirstFinishedRevision) {
    hear_of(1);
    hear_of(2);
    auto const first = api.order(api.client, song);
    auto const second = api.order(api.client, song);
    EXPECT_TRUE(engine_of(first).is_null());
    EXPECT_TRUE(make(2));
    EXPECT_EQ(engine_of(first), 2);
    EXPECT_EQ(engine_of(second), 2) << "which waited already";
    auto const third = api.order(api.client, song);
    EXPECT_EQ(engine_of(third), 2);
    EXPECT_FALSE(make(1));
    EXPECT_TRUE(make(2));
    EXPECT_TRUE(make(2));
    EXPECT_EQ(json::serialize(render(third).at("changes")), "[]");
    EXPECT_TRUE(told().empty());
}

TEST_F(SessionEngine, GoesOverToAnotherWhereNobodyHasItAnyMoreAndSaysSo) {
    hear_of(1);
    auto const first = api.order(api.client, song);
    EXPECT_TRUE(make(1));
    auto const second = api.order(api.client, song, R"({"plan":{"masking":{"fix":"off"}}})");
    auto const third = api.order(api.client, song);
    EXPECT_FALSE(make(2));
    api.store.advance(kWait_ms);
    hear_of(2);
    EXPECT_TRUE(make(2));
    EXPECT_EQ(engine_of(first), 1);
    EXPECT_EQ(engine_of(second), 2);
    EXPECT_EQ(engine_of(third), 2) << "it must not go back";
    auto const changes = render(second).at("changes").as_array();
    ASSERT_GT(changes.size(), 1U);
    EXPECT_EQ(json::serialize(changes[0]), R"({"pointer":"/engine","before":1,"after":2})");
    auto const events = told();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].at("subject").as_string(), song);
    EXPECT_EQ(
        json::serialize(events[0].at("data")),
        R"({"render":")" + second + R"(","revision":2,"before":1,"after":2})"
    );
    hear_of(1);
    EXPECT_FALSE(make(1)) << "of the other one from now on";
    EXPECT_TRUE(make(2));
    EXPECT_EQ(told().size(), 1U);
}

/// A session of another client, or a render that failed, pins nothing.
TEST_F(SessionEngine, IsNobodysBeforeSomethingIsFinished) {
    auto const first = api.order(api.client, song);
    auto const lease = api.queue.claim({.owner = "w", .kinds = {"render"}, .engine = 2});
    ASSERT_TRUE(lease);
    EXPECT_TRUE(api.queue.fail(*lease, service::Outcome::input, "unreadable", "words"));
    EXPECT_TRUE(engine_of(first).is_null());
    EXPECT_TRUE(engine_of(api.order(api.client, song)).is_null());
    EXPECT_TRUE(make(1));
    EXPECT_TRUE(engine_of(api.order(api.stranger, api.song(api.stranger))).is_null());
}

/// What a worker finished that counts no engines yet, and what was there before they were counted.
TEST_F(SessionEngine, IsTheFirstWhereNobodyCountedIt) {
    hear_of(1);
    auto const first = api.order(api.client, song);
    EXPECT_TRUE(make(1));
    api.store.database().query("UPDATE job SET engine=NULL");
    api.store.database().query("UPDATE session SET engine=NULL");
    EXPECT_EQ(engine_of(first), 1);
    auto const second = api.order(api.client, song);
    EXPECT_EQ(engine_of(second), 1);
    EXPECT_FALSE(make(2));
    api.store.advance(kWait_ms);
    EXPECT_TRUE(make(2));
    EXPECT_EQ(told().size(), 1U);
}

} // namespace
} // namespace stemlathe::test
