#pragma once

#include "formats/child_process.hpp"
#include "service/executor/line_channel.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe::service {

/// An executor (executor/executor.hpp) as its supervisor sees it. It dies with this object, and
/// with the thread that made it.
class ExecutorProcess {
  public:
    /// Starts it with one socket, no other descriptor but stdout and stderr, a process group of its
    /// own and of the environment what computing needs.
    /// @throws Failure{out_of_memory} no process is left; {internal} there is no such program
    explicit ExecutorProcess(std::vector<std::string> const& words);
    ExecutorProcess(ExecutorProcess const&) = delete;
    ExecutorProcess& operator=(ExecutorProcess const&) = delete;
    ~ExecutorProcess();

    [[nodiscard]] LineChannel& channel() noexcept {
        return channel_;
    }

    [[nodiscard]] pid_t pid() const noexcept {
        return child_.process();
    }

    /// Kills it where it still runs. @returns how it ended: "exit status 70", "signal 9"
    std::string end() noexcept;

  private:
    struct Started {
        Child child{};
        int socket = -1;
    };

    explicit ExecutorProcess(Started started);
    static Started start(std::vector<std::string> const& words);

    Child child_;
    LineChannel channel_;
    std::string ending_{};
};

} // namespace stemlathe::service
