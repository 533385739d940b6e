#include "kernels/base/failure.hpp"
#include "service/store/migrate.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

#include <array>

namespace stemlathe::test {

namespace {

using service::SchemaFile;

constexpr std::array kFiles{
    SchemaFile{.number = 1, .name = "0001", .sql = "CREATE TABLE a(k {IDENTITY}, v TEXT);"},
    SchemaFile{
        .number = 2,
        .name = "0002",
        .sql = "ALTER TABLE a ADD COLUMN w TEXT; CREATE TABLE b(x TEXT);"},
    SchemaFile{
        .number = 3, .name = "0003", .sql = "CREATE TABLE c(x TEXT); CREATE TABLE b(x TEXT);"}};

std::span<SchemaFile const> first(std::size_t count) {
    return std::span{kFiles}.first(count);
}

template <typename Store>
class Migration : public ::testing::Test {
  protected:
    Store store{first(0)};
};

TYPED_TEST_SUITE(Migration, Databases, DatabaseNames);

TYPED_TEST(Migration, RunsEachFileOnce) {
    auto& database = this->store.database();
    service::migrate(database, first(1));
    database.query("INSERT INTO a(v) VALUES('kept')");
    service::migrate(database, first(2));
    service::migrate(database, first(2));
    EXPECT_EQ(database.query("SELECT k, v, w FROM a").front().text("v"), "kept");
    EXPECT_EQ(database.query("SELECT v FROM schema_version ORDER BY v").size(), 2U);
}

TYPED_TEST(Migration, LeavesNothingOfAFileThatFails) {
    auto& database = this->store.database();
    EXPECT_THROW(service::migrate(database, first(3)), Failure);
    EXPECT_EQ(database.query("SELECT max(v) AS v FROM schema_version").front().integer("v"), 2);
    EXPECT_THROW(database.query("SELECT * FROM c"), Failure);
}

TYPED_TEST(Migration, RefusesADatabaseOfANewerProgram) {
    auto& database = this->store.database();
    service::migrate(database, first(2));
    try {
        service::migrate(database, first(1));
        ADD_FAILURE();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::invalid_argument);
        EXPECT_NE(std::string{failure.what()}.find("newer version"), std::string::npos);
    }
}

TEST(SchemaFiles, AreNumberedWithoutGaps) {
    std::int64_t number = 0;
    for (auto const& file : service::schema_files()) {
        EXPECT_EQ(file.number, ++number) << file.name;
        EXPECT_FALSE(file.sql.empty());
    }
    EXPECT_GE(number, 1);
}

TYPED_TEST(Migration, MakesKeysThatAreNeverUsedTwice) {
    auto& database = this->store.database();
    service::migrate(database);
    database.query("INSERT INTO event(tenant, type, subject, data, at) VALUES('t','x','s','{}',0)");
    database.query("DELETE FROM event");
    auto const rows = database.query("INSERT INTO event(tenant, type, subject, data, at) "
                                     "VALUES('t','x','s','{}',0) RETURNING seq");
    EXPECT_EQ(rows.front().integer("seq"), 2);
}

} // namespace

} // namespace stemlathe::test
