#include "formats/jail/jail.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

namespace stemlathe::test {

namespace {

std::filesystem::path beside_me(char const* name) {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

/// How a way out ended: an exit code (0: it worked), or minus the signal that ended it.
class JailBreak {
  public:
    JailBreak() {
        write_file(folder_ / "victim", "unharmed");
        write_file(folder_ / "input", "unharmed");
    }

    [[nodiscard]] int attempt(std::string const& way, bool is_locked = true) const {
        auto const program = beside_me("jail_breaker").string();
        auto const folder = folder_.path().string();
        auto const input = (folder_ / "input").string();
        pid_t const child = ::fork();
        if (child == 0) {
            int const opened = ::open(input.c_str(), O_RDONLY);
            ::dup2(opened, formats::kInputDescriptor);
            ::execl(
                program.c_str(),
                program.c_str(),
                way.c_str(),
                folder.c_str(),
                is_locked ? nullptr : "free",
                nullptr
            );
            ::_exit(3);
        }
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }

    [[nodiscard]] std::vector<std::string> files() const {
        return tree_of(folder_.path());
    }

    [[nodiscard]] std::string text_of(char const* name) const {
        return read_file(folder_ / name);
    }

  private:
    TempFolder folder_;
};

std::vector<std::string> ways_out() {
    auto const listed = run_program(beside_me("jail_breaker").string() + " list");
    std::vector<std::string> ways;
    std::istringstream words{listed ? listed->output : ""};
    for (std::string way; words >> way;) {
        ways.push_back(way);
    }
    return ways;
}

TEST(Jail, HasNoWayOut) {
    JailBreak const prison;
    auto const ways = ways_out();
    EXPECT_GE(ways.size(), 50U);
    for (auto const& way : ways) {
        int const end = prison.attempt(way);
        EXPECT_TRUE(end == 10 || end == -SIGSYS || end == -SIGKILL || end == -SIGSEGV)
            << way << " ended with " << end << " (0: it worked)";
    }
    EXPECT_EQ(prison.files(), (std::vector<std::string>{"input", "victim"}));
    EXPECT_EQ(prison.text_of("input"), "unharmed");
    EXPECT_EQ(prison.text_of("victim"), "unharmed");
}

/// Else the test above would prove nothing.
TEST(Jail, IsWhatClosesTheseWays) {
    for (auto const* way :
         {"open",
          "create",
          "stat",
          "readlink",
          "unlink",
          "rename",
          "mkdir",
          "open_own_memory",
          "open_input_for_writing",
          "socket",
          "unix_socket",
          "duplicate",
          "duplicate_by_fcntl",
          "memfd",
          "execve",
          "clone",
          "fork",
          "much_memory",
          "much_memory_in_pieces",
          "executable_memory",
          "memory_made_executable",
          "become_traceable",
          "signal_itself",
          "chdir",
          "chmod_input",
          "ptrace",
          "setuid"}) {
        JailBreak const prison;
        if (std::string_view{way} == "setuid" && ::geteuid() != 0) {
            continue;
        }
        EXPECT_EQ(prison.attempt(way, false), 0) << way;
    }
}

TEST(Jail, KillsRatherThanRefuses) {
    JailBreak const prison;
    for (auto const* way :
         {"socket",
          "fork",
          "execve",
          "ptrace",
          "kill_parent",
          "io_uring",
          "keyctl",
          "mount",
          "setuid",
          "unlink",
          "memfd",
          "write_input",
          "executable_memory",
          "raise_limit"}) {
        EXPECT_EQ(prison.attempt(way), -SIGSYS) << way;
    }
    EXPECT_EQ(prison.attempt("time_without_end"), -SIGKILL);
}

} // namespace

} // namespace stemlathe::test
