// Several services on one PostgreSQL share the webhooks: what one had in hand when it was killed,
// another one sends.

#include "service/client/http_client.hpp"
#include "tests/service/client/fake_server.hpp"
#include "tests/service/server/farm.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace stemlathe::test {

namespace {

constexpr int kSongs = 24;
constexpr std::int64_t kAtOnce = 4; // attempts of a webhook
constexpr char const* kWaiting =
    "SELECT count(*) AS count FROM webhook_delivery WHERE state<>'delivered'";

class PostgreSQLWebhooks : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }

    static boost::json::object
    post(FarmProcess const& service, std::string const& path, std::string const& body) {
        service::HttpClient client{{}, std::chrono::seconds{60}};
        auto const reply = client.send(
            {.method = "POST",
             .url = service.name() + path,
             .fields =
                 {{"Authorization", fmt::format("Bearer {}", kFarmOwner)},
                  {"Content-Type", "application/json"}},
             .body = body}
        );
        EXPECT_TRUE(reply.is_success()) << reply.body;
        return reply.is_success() ? boost::json::parse(reply.body).as_object()
                                  : boost::json::object{};
    }

    std::mutex mutex{};
    std::map<std::string, std::set<std::string>> seen{}; ///< subjects and the ids they came under
    std::int64_t count = 0;
    FakeServer receiver{[this](FakeRequest const& request) {
        ::usleep(100'000); // so that some are always on their way
        std::scoped_lock const lock{mutex};
        ++count;
        auto const event = boost::json::parse(request.body).as_object();
        seen[event.at("subject").as_string().c_str()].insert(request.field("webhook-id"));
        return FakeReply{};
    }};
};

TEST_F(PostgreSQLWebhooks, AreSentByAnotherServiceWhereOneIsKilled) {
    FarmSchema const schema;
    Farm farm{schema.url(), 10.0};
    TempFolder const folder;
    auto const settings = fmt::format(
        "[webhooks]\nallow_http = true\nallow_private = true\ntimeout_s = 2\nkey_file = \"{}\"\n",
        (folder / "webhooks.key").string()
    );
    farm.more_settings = settings;
    auto const here = farm.serve();
    auto const there = farm.serve();
    auto const body =
        fmt::format(R"({{"url":"{}","types":["session.created"]}})", receiver.address());
    static_cast<void>(post(*here, "/v1/webhooks", body));
    std::set<std::string> songs;
    for (int i = 0; i < kSongs; ++i) {
        auto const made = post(i % 2 == 0 ? *here : *there, "/v1/sessions", "{}");
        songs.insert(made.at("id").as_string().c_str());
    }
    ASSERT_TRUE(soon([&] {
        std::scoped_lock const lock{mutex};
        return count > kSongs / 4;
    }));
    here->kill();
    EXPECT_GT(farm.count(kWaiting), 0) << "it was killed too late to tell anything";
    ASSERT_TRUE(farm.comes_to(0, kWaiting));
    std::scoped_lock const lock{mutex};
    std::set<std::string> told;
    for (auto const& [subject, ids] : seen) {
        told.insert(subject);
        EXPECT_EQ(ids.size(), 1U) << "webhook-id stays, whoever sends it";
    }
    EXPECT_EQ(told, songs);
    EXPECT_LE(count, kSongs + kAtOnce) << "only what was on its way comes twice";
}

TEST_F(PostgreSQLWebhooks, AreNotSignedWithAnotherKey) {
    FarmSchema const schema;
    Farm farm{schema.url(), 10.0};
    auto const here = farm.serve();
    static_cast<void>(post(*here, "/v1/webhooks", R"({"url":"https://example.com/"})"));
    auto const other = farm.serve_in_vain(); // its data folder has a key of its own
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_NE(other.err.find("[webhooks] key_file"), std::string::npos) << other.err;
}

} // namespace

} // namespace stemlathe::test
