#include "service/store/migrate.hpp"
#include "service/store/move_store.hpp"
#include "service/store/open_store.hpp"
#include "service/store/postgres/postgres_database.hpp"
#include "service/store/snapshot.hpp"
#include "tests/service/backup/house.hpp"
#include "tests/service/store/postgres_cluster.hpp"

#include <gtest/gtest.h>

/// A PostgreSQL is backed up while it works, and comes back.
namespace stemlathe::test {

namespace {

class PostgreSQLBackup : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
        url = database_named("backed_up");
    }

    static std::string database_named(std::string const& name) {
        auto& cluster = PostgresCluster::shared();
        service::PostgresDatabase{cluster.url()}.query("CREATE DATABASE " + name);
        return cluster.url("public", name);
    }

    static std::unique_ptr<service::Database> opened(std::string const& url) {
        auto database = std::make_unique<service::PostgresDatabase>(url);
        service::migrate(*database);
        return database;
    }

    std::string url{};
};

TEST_F(PostgreSQLBackup, IsMadeWhileItWorksAndComesBackByAMove) {
    House house{opened(url)};
    house.add_stem("01_Drums \u00FC \"it's\" \\ .wav");
    house.add_master("masters/cd/Song.wav");
    house.database->query("INSERT INTO event(tenant, type, subject, data, at) VALUES('anna', 'x', "
                          "'s', '{}', 0)");
    auto const before = everything_in(*house.database);
    auto source = house.source();
    source.store = "PostgreSQL";
    source.snapshot = [&](std::filesystem::path const& file) {
        service::Transaction const writer{*house.database}; // holds the turn, and is not waited for
        house.database->query("UPDATE tenant SET name='changed'");
        service::snapshot_postgres(url, file);
    };
    auto const made = service::make_backup(source, house.backup(), {});
    EXPECT_TRUE(made.faults.empty());
    EXPECT_EQ(made.manifest.store, "PostgreSQL");
    EXPECT_EQ(everything_in(*house.database), before) << "the writer was undone";

    auto const data = house.folder / "restored";
    EXPECT_TRUE(service::restore_backup(house.backup(), {.data = data}, {}).faults.empty());
    {
        auto const store = service::open_store(data, "");
        EXPECT_EQ(everything_in(*store.database), before);
    }
    auto const again = database_named("restored");
    static_cast<void>(service::move_store(data, again));
    service::PostgresDatabase moved{again};
    EXPECT_EQ(everything_in(moved), before);
    // Keys that count up go on behind those that were used.
    EXPECT_EQ(
        moved
            .query("INSERT INTO event(tenant, type, subject, data, at) VALUES('anna', 'x', 's', "
                   "'{}', 0) RETURNING seq")
            .front()
            .integer("seq"),
        house.database->query("SELECT max(seq) AS seq FROM event").front().integer("seq") + 1
    );
}

} // namespace

} // namespace stemlathe::test
