#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

/// Programs that are started to do what this process must not: decoders, executors.
namespace stemlathe {

/// A child process that does not outlive its owner.
class Child {
  public:
    Child() = default;

    explicit Child(pid_t process) noexcept : process_(process) {}

    Child(Child&& other) noexcept : process_(std::exchange(other.process_, -1)) {}

    Child& operator=(Child&& other) noexcept {
        std::swap(process_, other.process_);
        return *this;
    }

    ~Child() {
        (void)end();
    }

    /// -1: there is none.
    [[nodiscard]] pid_t process() const noexcept {
        return process_;
    }

    /// Kills it where it still runs. @returns how it ended, as waitpid has it; 0 if it had no
    /// process any more
    int end() noexcept;

  private:
    pid_t process_ = -1;
};

/// What a program gets when it is started; everything else is closed, or left to itself.
class SpawnPlan {
  public:
    /// No handler, nothing blocked, and a process group of its own: Ctrl-C is the matter of its
    /// parent, who ends it.
    SpawnPlan();
    SpawnPlan(SpawnPlan const&) = delete;
    SpawnPlan& operator=(SpawnPlan const&) = delete;
    ~SpawnPlan();

    /// @param descriptor  not below those that the program gets: see out_of_the_way
    void give(int descriptor, int as);
    void open(char const* path, int flags, int as);
    void close(int descriptor);
    /// All from `first` on.
    void close_from(int first);

    /// @param words        the program's path and what it is told
    /// @param environment  "NAME=value" each
    /// @returns 0, or the errno that kept it from starting
    [[nodiscard]] int
    start(Child& child, std::vector<std::string> words, std::vector<std::string> environment);

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// A copy of a descriptor above those that programs get, so that none is overwritten before it is
/// given, and none keeps its close-on-exec by being given as itself. @returns -1 with errno
[[nodiscard]] int out_of_the_way(int descriptor) noexcept;

} // namespace stemlathe
