#pragma once

#include "tests/service/server/farm.hpp"

#include <sys/types.h>

#include <thread>
#include <vector>

namespace stemlathe::test {

/// Lets the executors that a worker has render twenty times as slowly, so that something can happen
/// meanwhile however quick the machine is.
class SlowMotion {
  public:
    /// Waits until there are some.
    explicit SlowMotion(FarmProcess const& worker);
    SlowMotion(SlowMotion const&) = delete;
    SlowMotion& operator=(SlowMotion const&) = delete;
    ~SlowMotion() = default;

    [[nodiscard]] std::vector<pid_t> const& executors() const noexcept {
        return executors_;
    }

  private:
    std::vector<pid_t> executors_{};
    std::jthread thread_{};
};

} // namespace stemlathe::test
