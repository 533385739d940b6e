#pragma once

#include "tests/service/store/postgres_cluster.hpp"

#include <string>

namespace stemlathe::test {

/// A cable to a machine that is a network namespace of this one: what is sent when it is cut is
/// answered by nobody, as when a switch dies.
class Cable {
  public:
    Cable();
    Cable(Cable const&) = delete;
    Cable& operator=(Cable const&) = delete;
    ~Cable();

    /// False where this machine lets us make none.
    [[nodiscard]] bool is_there() const noexcept {
        return is_there_;
    }

    /// What a test says that is skipped for its absence.
    static constexpr char const* kAbsent = "needs postgresql-15, and root with `ip netns`";

    [[nodiscard]] ClusterNetwork near_end() const;
    [[nodiscard]] ClusterNetwork far_end() const;

    /// Moves this process, which has one thread, to the far end.
    void enter() const;

    void cut() const;
    void mend() const;

  private:
    /// A shell command; {0} is the name of cable and namespace, {1} and {2} are the addresses.
    bool run(char const* command) const;

    std::string near_;
    std::string far_;
    std::string name_;
    bool is_there_ = false;
};

} // namespace stemlathe::test
