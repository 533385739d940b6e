// Two revisions compared: a job of a worker, asked for once.

#include "tests/service/api/test_api.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace stemlathe::test {
namespace {

namespace json = boost::json;

class Comparisons : public ApiTest {
  protected:
    Answer ask(std::string const& a, std::string const& b) {
        return api.post(
            api.client, place + "/comparisons", fmt::format(R"({{"a":"{}","b":"{}"}})", a, b)
        );
    }

    std::string song = api.song(api.client);
    std::string place = "/v1/sessions/" + song;
    std::string first = api.revision(api.client, song, "1");
    std::string second = api.revision(api.client, song, "2");
    std::string address = fmt::format("{}/compare?a={}&b={}", place, first, second);
};

TEST_F(Comparisons, AWorkerComparesTheMastersOfTheSameDelivery) {
    EXPECT_EQ(api.get(api.client, address).problem(), "not-found");
    auto const asked = ask(first, second);
    ASSERT_EQ(asked.status, 202) << asked.body;
    EXPECT_EQ(asked.field("location"), address);
    EXPECT_EQ(asked.text("delivery"), "streaming");
    auto const spec =
        json::parse(api.store.database()
                        .query("SELECT spec FROM job WHERE id=$1", {asked.text("job")})
                        .front()
                        .text("spec"));
    auto const digest = [&](std::string const& render) {
        return api.store.database()
            .query(
                "SELECT o.digest AS digest FROM output o JOIN render r ON r.job=o.job "
                "WHERE r.id=$1 AND o.name='masters/streaming/Song.wav'",
                {render}
            )
            .front()
            .text("digest");
    };
    auto const& files = spec.at("files").as_array();
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[0].at("filename"), "a.wav");
    EXPECT_EQ(files[0].at("digest").as_string(), digest(first));
    EXPECT_EQ(files[1].at("filename"), "b.wav");
    EXPECT_EQ(files[1].at("digest").as_string(), digest(second));
    EXPECT_EQ(api.get(api.client, address).text("state"), "queued");
    EXPECT_TRUE(api.get(api.client, address).json().at("result").is_null());
    api.finish_job("");
    auto const shown = api.get(api.client, address);
    EXPECT_EQ(shown.text("state"), "succeeded");
    EXPECT_EQ(shown.field("retry-after"), "");
    EXPECT_EQ(shown.json().at("result").at("residual_db").to_number<double>(), -41.5);
    EXPECT_TRUE(api.get(api.client, place + "/plans").items().empty()) << "it is no suggestion";
}

TEST_F(Comparisons, WhatWasComparedIsNotComparedAgain) {
    auto const job = ask(first, second).text("job");
    EXPECT_EQ(ask(first, second).text("job"), job);
    api.finish_job("");
    EXPECT_EQ(ask(first, second).text("job"), job);
    auto const other_way = ask(second, first);
    EXPECT_NE(other_way.text("job"), job);
    EXPECT_EQ(api.get(api.client, address).text("job"), job);
    auto const lease = api.queue.claim({.owner = "worker", .kinds = {"analysis"}});
    ASSERT_TRUE(lease);
    EXPECT_TRUE(api.queue.fail(*lease, service::Outcome::input, "invalid_argument", "rates differ")
    );
    auto const failed =
        api.get(api.client, fmt::format("{}/compare?a={}&b={}", place, second, first));
    EXPECT_EQ(failed.text("state"), "failed");
    EXPECT_EQ(failed.json().at("problem").at("message"), "rates differ");
    EXPECT_NE(ask(second, first).text("job"), other_way.text("job")) << "it may be tried again";
}

TEST_F(Comparisons, ThereMustBeTwoMasters) {
    EXPECT_EQ(ask(first, first).problem(), "invalid-document");
    EXPECT_EQ(ask(first, "rnd_none").problem(), "not-found");
    auto const waiting = api.order(api.client, song);
    EXPECT_EQ(ask(first, waiting).problem(), "conflict");
    auto const other = api.revision(api.client, api.song(api.client), "3");
    EXPECT_EQ(ask(first, other).problem(), "not-found") << "of another session";
    api.store.database().query(
        "UPDATE output SET name='masters/vinyl/Song.wav' WHERE name='masters/streaming/Song.wav' "
        "AND job=(SELECT job FROM render WHERE id=$1)",
        {second}
    );
    EXPECT_EQ(ask(first, second).text("delivery"), "cd");
    api.store.database().query(
        "UPDATE output SET name='masters/hires/Song.flac' WHERE name='masters/cd/Song.wav' "
        "AND job=(SELECT job FROM render WHERE id=$1)",
        {first}
    );
    EXPECT_EQ(ask(second, first).problem(), "conflict") << "none in common";
}

} // namespace
} // namespace stemlathe::test
