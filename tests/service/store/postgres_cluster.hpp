#pragma once

#include "tests/support/temp_folder.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace stemlathe::test {

/// Where a PostgreSQL listens besides its socket. Only root can put a process there.
struct ClusterNetwork {
    std::string space{};   ///< the name of `ip netns`
    std::string address{}; ///< of it in there
};

/// A PostgreSQL of one's own from Debian's package: its files and its socket lie in a temporary
/// folder, it listens on no network, and it is stopped by its pid. It dies with its process.
class PostgresCluster {
  public:
    enum class Durability {
        none,       ///< for tests that kill nothing: no fsync
        over_kills, ///< what is committed outlives the processes: no fsync either, which takes
                    ///< seconds after a kill
        full,
    };

    explicit PostgresCluster(Durability durability, ClusterNetwork network = {});
    PostgresCluster(PostgresCluster const&) = delete;
    PostgresCluster& operator=(PostgresCluster const&) = delete;
    ~PostgresCluster();

    /// The folder of initdb and postgres; empty where the package is not installed.
    [[nodiscard]] static std::filesystem::path const& programs();

    /// What a test says that is skipped for its absence.
    static constexpr char const* kAbsent = "postgresql-15 is not installed: .ci/deps tools";

    /// One for all tests of this process, without fsync; started at first use.
    [[nodiscard]] static PostgresCluster& shared();

    /// Also after `stop` and `kill`. Waits until it answers.
    void start();
    /// As an operator would: connections are cut, the rest is written.
    void stop();
    /// As a power cut would, as far as processes go: it and its children at once.
    void kill();

    /// The folder of its socket.
    [[nodiscard]] std::string host() const {
        return folder_.path().string();
    }

    /// A connection string. @param schema  where tables are made and looked for
    [[nodiscard]] std::string
    url(std::string const& schema = "public", std::string const& database = "postgres") const;

  private:
    [[nodiscard]] pid_t run(std::string const& command) const;
    void end(int signal);

    TempFolder folder_;
    Durability durability_;
    ClusterNetwork network_;
    pid_t server_ = -1;
};

} // namespace stemlathe::test
