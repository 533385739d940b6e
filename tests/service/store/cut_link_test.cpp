#include "kernels/base/failure.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/files.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace stemlathe::service {

namespace {

using test::PostgresCluster;

/// A cable to a machine that is a network namespace of this one: what is sent when it is cut is
/// answered by nobody, as when a switch dies.
class Cable {
  public:
    Cable() {
        is_there_ = run("ip netns add {0}") &&
                    run("ip link add {0} type veth peer name eth0 netns {0}") &&
                    run("ip addr add 198.18.{1}.1/30 dev {0} && ip link set {0} up") &&
                    run("ip -n {0} addr add 198.18.{1}.2/30 dev eth0") &&
                    run("ip -n {0} link set lo up && ip -n {0} link set eth0 up");
    }

    Cable(Cable const&) = delete;
    Cable& operator=(Cable const&) = delete;

    ~Cable() {
        run("ip link del {0}");
        run("ip netns del {0}");
    }

    /// False where this machine lets us make none.
    [[nodiscard]] bool is_there() const noexcept {
        return is_there_;
    }

    [[nodiscard]] test::ClusterNetwork far_end() const {
        return {.space = name_, .address = fmt::format("198.18.{}.2", number_)};
    }

    void cut() const {
        run("ip -n {0} link set eth0 down");
    }

    void mend() const {
        run("ip -n {0} link set eth0 up");
    }

  private:
    /// A shell command; {0} is the name of cable and namespace, {1} a number for addresses.
    bool run(char const* command) const {
        auto const line = fmt::format(fmt::runtime(command), name_, number_) + " 2>/dev/null";
        return std::system(line.c_str()) == 0; // NOLINT(concurrency-mt-unsafe,cert-env33-c)
    }

    int number_ = ::getpid() % 256; ///< of the network for tests of RFC 2544
    std::string name_ = fmt::format("stl{}", ::getpid());
    bool is_there_ = false;
};

TEST(PostgreSQLCable, IsMissedOnBothSidesWhenItIsCut) {
    Cable const cable;
    if (PostgresCluster::programs().empty() || !cable.is_there()) {
        GTEST_SKIP() << "needs postgresql-15, and root with `ip netns`";
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
