#pragma once

#include "service/store/migrate.hpp"
#include "service/store/sqlite/sqlite_database.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

/// A database for a test with a clock that the test sets. Typed tests take it as their parameter,
/// so that what holds for SQLite is asked of every other database too.
namespace stemlathe::test {

class SqliteInMemory {
  public:
    SqliteInMemory() {
        service::migrate(*database_);
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
    std::shared_ptr<std::int64_t> clock_ = std::make_shared<std::int64_t>(1'800'000'000'000);
    std::unique_ptr<service::Database> database_ =
        std::make_unique<service::SqliteDatabase>(service::SqliteOptions{
            .clock_ms = [clock = clock_] {
                return *clock;
            }});
};

using Databases = ::testing::Types<SqliteInMemory>;

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
