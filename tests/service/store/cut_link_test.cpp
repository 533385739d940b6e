#include "kernels/base/failure.hpp"
#include "tests/service/store/cable.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace stemlathe::service {

namespace {

using test::Cable;
using test::PostgresCluster;

TEST(PostgreSQLCable, IsMissedOnBothSidesWhenItIsCut) {
    Cable const cable;
    if (PostgresCluster::programs().empty() || !cable.is_there()) {
        GTEST_SKIP() << Cable::kAbsent;
    }
    PostgresCluster const cluster{PostgresCluster::Durability::none, cable.far_end()};
    PostgresDatabase beside{cluster.url()};
    PostgresDatabase far{"postgresql://postgres@" + cable.far_end().address + "/postgres"};
    far.query("CREATE TABLE t(a BIGINT)");
    {
        Transaction lost{far};
        far.query("INSERT INTO t VALUES(1)");
        cable.cut();
        Transaction next{beside}; // its turn comes when the server has missed the other
        beside.query("INSERT INTO t VALUES(2)");
        next.commit();
        auto const failure = test::failure_of([&] { lost.commit(); });
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->code(), Code::storage_failed) << failure->what();
    }
    auto const away = test::failure_of([&] { far.query("SELECT a FROM t"); });
    ASSERT_TRUE(away);
    EXPECT_EQ(away->code(), Code::storage_failed) << away->what();
    cable.mend();
    while (test::failure_of([&] { far.query("SELECT a FROM t"); })) {
        ::usleep(100'000);
    }
    auto const rows = far.query("SELECT a FROM t");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().integer("a"), 2);
}

} // namespace

} // namespace stemlathe::service
