// Clients who order more than a real service can do, and who comes when.

#include "service/store/sqlite/sqlite_database.hpp"
#include "tests/service/server/crowd.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace stemlathe::test {

namespace {

/// How many wait before the previews come, and how many of those come: a few, or under the label
/// `long` what the house promises.
int number_of(char const* name, int fewest) {
    char const* const order = std::getenv(name);
    return order != nullptr ? std::stoi(order) : fewest;
}

int queued() {
    return number_of("STEMLATHE_CROWD", 200);
}

int previews() {
    return number_of("STEMLATHE_CROWD_PREVIEWS", 4);
}

/// `stemlathe serve` with its SQLite and its worker, one seat.
class Alone {
  public:
    Alone() {
        write_file(
            folder_ / "stemlathe.toml",
            std::string{"[data]\ndir = \""} + (folder_ / "var").string() +
                "\"\nkeep_free_percent = 0\nkeep_free_gib = 0\n"
                "[worker]\ndevices = [\"cpu\"]\nthreads = 1\n" +
                kNoLimits
        );
        service_ = std::make_unique<FarmProcess>(
            std::vector<std::string>{
                "serve",
                "--config",
                (folder_ / "stemlathe.toml").string(),
                "--listen",
                "127.0.0.1:0"},
            "listening on "
        );
    }

    [[nodiscard]] Crowd crowd() {
        return {service_->name(), folder_ / "songs"};
    }

    /// Stops it: nobody else opens its file while it runs.
    [[nodiscard]] service::Database& database() {
        service_.reset();
        database_ = std::make_unique<service::SqliteDatabase>(service::SqliteOptions{
            .file = folder_ / "var/stemlathe.db"});
        return *database_;
    }

  private:
    TempFolder folder_;
    std::unique_ptr<FarmProcess> service_;
    std::unique_ptr<service::SqliteDatabase> database_;
};

TEST(AloneCrowd, APreviewStartsWithinOneJobHoweverMuchAnotherQueued) {
    Alone alone;
    auto crowd = alone.crowd();
    outnumber(crowd, queued(), previews());
    auto& database = alone.database();
    EXPECT_GT(
        database.query("SELECT count(*) AS count FROM job WHERE state='queued'")
            .front()
            .integer("count"),
        queued() / 4
    ) << "the queue was nearly empty";
    expect_within_one_job(waits_of_previews(database), static_cast<std::size_t>(previews()));
}

class PostgreSQLCrowd : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }
};

TEST_F(PostgreSQLCrowd, APreviewStartsWithinOneJobHoweverMuchAnotherQueued) {
    FarmSchema const schema;
    Farm farm{schema.url(), 10.0};
    farm.more_settings = kNoLimits;
    auto const service = farm.serve();
    auto const first = farm.worker();
    auto const second = farm.worker();
    Crowd crowd{service->name(), farm.songs()};
    outnumber(crowd, queued(), previews());
    expect_within_one_job(waits_of_previews(farm.database()), static_cast<std::size_t>(previews()));
}

/// Of what was started while both waited, one who pays for twice as much has twice as much.
TEST_F(PostgreSQLCrowd, SharesByWeight) {
    constexpr int kOrders = 40;
    FarmSchema const schema;
    Farm farm{schema.url(), 10.0};
    farm.more_settings = kNoLimits;
    auto const service = farm.serve();
    Crowd crowd{service->name(), farm.songs()};
    {
        auto const prober = farm.worker(); // looks at what was sent
        auto const heavy = crowd.newcomer("heavy", 200);
        auto const light = crowd.newcomer("light", 100);
        ASSERT_TRUE(farm.comes_to(
            2, "SELECT count(*) AS count FROM job WHERE kind='render' AND state='succeeded'"
        ));
        EXPECT_EQ(prober->stop(), 0);
        for (int i = 0; i < kOrders; ++i) {
            static_cast<void>(crowd.order(light, "normal"));
            static_cast<void>(crowd.order(heavy, "normal"));
        }
    }
    auto const worker = farm.worker();
    auto const started = [&](std::string const& name) {
        return farm.count(
            "SELECT count(*) AS count FROM (SELECT t.name AS name FROM job j JOIN tenant t ON "
            "t.id=j.tenant WHERE j.kind='render' AND j.started IS NOT NULL ORDER BY j.started, "
            "j.id LIMIT 32) AS first_jobs WHERE name='" +
            name + "'"
        );
    };
    ASSERT_TRUE(soon([&] { return started("heavy") + started("light") >= 32; }));
    // The first two are those that came with their songs, one of each.
    EXPECT_NEAR(static_cast<double>(started("heavy") - 1), 20.0, 1.0);
    EXPECT_NEAR(static_cast<double>(started("light") - 1), 10.0, 1.0);
}

} // namespace

} // namespace stemlathe::test
