#pragma once

#include "service/store/migrate.hpp"
#include "service/store/postgres/postgres_database.hpp"
#include "service/store/sqlite/sqlite_database.hpp"
#include "tests/service/store/postgres_cluster.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

/// A database for a test with a clock that the test sets. Typed tests take it as their parameter,
/// so that what holds for SQLite is asked of every other database too.
namespace stemlathe::test {

inline constexpr std::int64_t kTestClock_ms = 1'800'000'000'000;

class SqliteInMemory {
  public:
    explicit SqliteInMemory(std::span<service::SchemaFile const> files = service::schema_files()) {
        service::migrate(*database_, files);
    }

    service::Database& database() {
        return *database_;
    }

    std::int64_t now_ms() const {
        return *clock_;
    }

    void advance(std::int64_t ms) {
        *clock_ += ms;
    }

  private:
    std::shared_ptr<std::int64_t> clock_ = std::make_shared<std::int64_t>(kTestClock_ms);
    std::unique_ptr<service::Database> database_ =
        std::make_unique<service::SqliteDatabase>(service::SqliteOptions{
            .clock_ms = [clock = clock_] {
                return *clock;
            }});
};

/// A schema of the test's own in this process's PostgreSQL. Where there is none, the test is
/// skipped; so that it can be made at all, it then gets an SQLite that nobody asks.
class PostgresSchema {
  public:
    explicit PostgresSchema(std::span<service::SchemaFile const> files = service::schema_files()) {
        if (PostgresCluster::programs().empty()) {
            database_ = std::make_unique<service::SqliteDatabase>(service::SqliteOptions{});
            service::migrate(*database_, files);
            skip();
            return;
        }
        static int count = 0;
        name_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
        service::PostgresDatabase{PostgresCluster::shared().url()}.query("CREATE SCHEMA " + name_);
        database_ = std::make_unique<service::PostgresDatabase>(url());
        service::migrate(*database_, files);
        database_->query("CREATE OR REPLACE FUNCTION now_ms() RETURNS BIGINT LANGUAGE SQL STABLE"
                         " RETURN CAST(current_setting('test.now_ms') AS BIGINT)");
        advance(0);
    }

    PostgresSchema(PostgresSchema const&) = delete;
    PostgresSchema& operator=(PostgresSchema const&) = delete;

    ~PostgresSchema() {
        if (!name_.empty()) {
            database_->roll_back();
            database_->query("DROP SCHEMA " + name_ + " CASCADE");
        }
    }

    service::Database& database() {
        return *database_;
    }

    std::int64_t now_ms() const {
        return clock_ms_;
    }

    void advance(std::int64_t ms) {
        clock_ms_ += ms;
        database_->query(
            "SELECT set_config('test.now_ms', $1, false)", {std::to_string(clock_ms_)}
        );
    }

    [[nodiscard]] std::string url() const {
        return PostgresCluster::shared().url(name_);
    }

  private:
    static void skip() {
        GTEST_SKIP() << PostgresCluster::kAbsent;
    }

    std::string name_;
    std::int64_t clock_ms_ = kTestClock_ms;
    std::unique_ptr<service::Database> database_;
};

/// SQLite, or PostgreSQL where STEMLATHE_TEST_STORE says "postgresql": for tests that are run once
/// with each.
class ChosenStore {
  public:
    ChosenStore() {
        auto const* const name = std::getenv("STEMLATHE_TEST_STORE");
        if (name != nullptr && std::string_view{name} == "postgresql") {
            postgres_ = std::make_unique<PostgresSchema>();
        } else {
            sqlite_ = std::make_unique<SqliteInMemory>();
        }
    }

    service::Database& database() {
        return sqlite_ ? sqlite_->database() : postgres_->database();
    }

    [[nodiscard]] std::int64_t now_ms() const {
        return sqlite_ ? sqlite_->now_ms() : postgres_->now_ms();
    }

    void advance(std::int64_t ms) {
        sqlite_ ? sqlite_->advance(ms) : postgres_->advance(ms);
    }

  private:
    std::unique_ptr<SqliteInMemory> sqlite_;
    std::unique_ptr<PostgresSchema> postgres_;
};

using Databases = ::testing::Types<SqliteInMemory, PostgresSchema>;

/// Names for TYPED_TEST_SUITE. All PostgreSQL tests of a program run in one process, see
/// CMakeLists.txt.
struct DatabaseNames {
    template <typename Store>
    static std::string GetName(int) {
        return std::is_same_v<Store, SqliteInMemory> ? "SQLite" : "PostgreSQL";
    }
};

/// A file in `folder` with the whole schema and the wall clock.
inline std::unique_ptr<service::Database> open_database(std::filesystem::path const& folder) {
    auto database = std::make_unique<service::SqliteDatabase>(service::SqliteOptions{
        .file = folder / "stemlathe.db"});
    service::migrate(*database);
    return database;
}

/// Folders of this process lie in memory from now on: no power is cut in a test.
inline void use_memory_as_disk() {
    ::setenv("TMPDIR", ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", 1);
}

inline void
add_tenant(service::Database& database, std::string const& id, std::int64_t weight = 100) {
    database.query(
        "INSERT INTO tenant(id, name, weight, quota_bytes, created) VALUES($1, $1, $2, 0, "
        "now_ms())",
        {id, weight}
    );
}

} // namespace stemlathe::test
