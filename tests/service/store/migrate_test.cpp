#include "kernels/base/failure.hpp"
#include "service/store/migrate.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

#include <array>

namespace stemlathe::test {

namespace {

using service::SchemaFile;

constexpr std::array kFiles{
    SchemaFile{
        .number = 1, .name = "0001", .sql = "CREATE TABLE a(k {IDENTITY}, v TEXT);", .needs = 1},
    SchemaFile{
        .number = 2,
        .name = "0002",
        .sql = "ALTER TABLE a ADD COLUMN w TEXT; CREATE TABLE b(x TEXT);"},
    SchemaFile{
        .number = 3, .name = "0003", .sql = "CREATE TABLE c(x TEXT); CREATE TABLE b(x TEXT);"}};

/// What 0002 left behind is taken away: whoever does not know of it can go on, nobody else.
constexpr std::array kContracted{
    kFiles[0],
    kFiles[1],
    SchemaFile{.number = 3, .name = "0003", .sql = "DROP TABLE b;", .needs = 2},
    SchemaFile{.number = 4, .name = "0004", .sql = "CREATE TABLE d(x TEXT);"}};

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
    EXPECT_EQ(database.query("SELECT number FROM schema_file ORDER BY number").size(), 2U);
    EXPECT_EQ(service::schema_of(database).ran, 2);
    EXPECT_EQ(service::schema_of(database).needs, 1);
}

TYPED_TEST(Migration, LeavesNothingOfAFileThatFails) {
    auto& database = this->store.database();
    EXPECT_THROW(service::migrate(database, first(3)), Failure);
    EXPECT_EQ(service::schema_of(database).ran, 2);
    EXPECT_THROW(database.query("SELECT * FROM c"), Failure);
}

TYPED_TEST(Migration, LeavesAnOlderProgramWorkingAfterAFileThatOnlyAdds) {
    auto& database = this->store.database();
    service::migrate(database, first(2));
    service::migrate(database, first(1));
    EXPECT_EQ(service::schema_of(database).ran, 2) << "nothing of the newer one is undone";
    EXPECT_NO_THROW(service::refuse_newer(service::schema_of(database), 1));
}

/// Programs from before 0011 look at schema_version alone, and refuse what they do not know there.
TYPED_TEST(Migration, ShowsOldProgramsWhatTheyMustKnow) {
    auto& database = this->store.database();
    auto const shown = [&] {
        return database.query("SELECT max(v) AS v FROM schema_version").front().integer("v");
    };
    service::migrate(database, first(2));
    EXPECT_EQ(shown(), 1);
    service::migrate(database, kContracted);
    EXPECT_EQ(shown(), 2);
}

/// A database that such a program made knows of no schema_file.
TYPED_TEST(Migration, GoesOnWhereOldProgramsLeftOff) {
    auto& database = this->store.database();
    database.run_script("CREATE TABLE schema_version(v BIGINT NOT NULL);"
                        "INSERT INTO schema_version VALUES(1); CREATE TABLE a(v TEXT)");
    EXPECT_EQ(service::schema_of(database).ran, 1);
    service::migrate(database, first(2));
    EXPECT_EQ(service::schema_of(database).ran, 2);
    EXPECT_NO_THROW(database.query("SELECT w FROM a"));
}

TYPED_TEST(Migration, RefusesWhatANewerProgramTookAway) {
    auto& database = this->store.database();
    service::migrate(database, kContracted);
    EXPECT_NO_THROW(service::migrate(database, first(2)));
    try {
        service::migrate(database, first(1));
        ADD_FAILURE();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::invalid_argument);
        EXPECT_NE(
            std::string{failure.what()}.find(
                "has schema 4, which programs need to know up to 2, and this stemlathe knows 1"
            ),
            std::string::npos
        ) << failure.what();
    }
}

TEST(SchemaFiles, AreNumberedWithoutGaps) {
    std::int64_t number = 0;
    for (auto const& file : service::schema_files()) {
        EXPECT_EQ(file.number, ++number) << file.name;
        EXPECT_FALSE(file.sql.empty());
        EXPECT_LE(file.needs, file.number) << file.name;
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
