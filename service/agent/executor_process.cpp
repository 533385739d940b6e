#include "service/agent/executor_process.hpp"

#include "kernels/base/failure.hpp"
#include "service/executor/executor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

/// What a process that computes may know; the rest (tokens, addresses of databases) stays here.
constexpr std::array<std::string_view, 11> kVariables{
    "PATH=",
    "HOME=",
    "TMPDIR=",
    "LANG=",
    "LC_",
    "LD_LIBRARY_PATH=",
    "CUDA_",
    "NVIDIA_",
    "STEMLATHE_ISA=",
    "ASAN_OPTIONS=",
    "UBSAN_OPTIONS="};

std::vector<char*> environment() {
    std::vector<char*> kept;
    for (char** variable = ::environ; *variable != nullptr; ++variable) {
        std::string_view const text{*variable};
        if (std::ranges::any_of(kVariables, [&](auto start) { return text.starts_with(start); })) {
            kept.push_back(*variable);
        }
    }
    kept.push_back(nullptr);
    return kept;
}

/// posix_spawn's two objects, made and released.
class SpawnPlan {
  public:
    explicit SpawnPlan(int socket) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawn_file_actions_addopen(
            &actions_, STDIN_FILENO, "/dev/null", O_RDONLY | O_CLOEXEC, 0
        );
        ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, socket, kExecutorSocket);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, kExecutorSocket + 1);
        sigset_t all{};
        sigset_t none{};
        ::sigfillset(&all);
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setpgroup(&attributes_, 0); // Ctrl-C is the supervisor's matter
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
        );
    }

    SpawnPlan(SpawnPlan const&) = delete;
    SpawnPlan& operator=(SpawnPlan const&) = delete;

    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    [[nodiscard]] int start(pid_t& child, std::vector<std::string>& words) {
        std::vector<char*> arguments;
        for (auto& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        auto variables = environment();
        return ::posix_spawn(
            &child,
            words.front().c_str(),
            &actions_,
            &attributes_,
            arguments.data(),
            variables.data()
        );
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

Failure cannot_start(std::string const& program, int error) {
    bool const is_short = error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
    return {
        is_short ? Code::out_of_memory : Code::internal,
        fmt::format(
            "the executor {} cannot be started: {}", program, std::generic_category().message(error)
        )};
}

std::string ending_in_words(int status) {
    return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                               : fmt::format("exit status {}", WEXITSTATUS(status));
}

} // namespace

ExecutorProcess::Started ExecutorProcess::start(std::vector<std::string> words) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw cannot_start(words.front(), errno);
    }
    // Out of the way of the descriptors that the child gets: dup2 onto itself would keep CLOEXEC.
    int const theirs = ::fcntl(ends[1], F_DUPFD_CLOEXEC, kExecutorSocket + 1);
    ::close(ends[1]);
    Started started{.socket = ends[0]};
    SpawnPlan plan{theirs};
    int const error = theirs < 0 ? EMFILE : plan.start(started.pid, words);
    ::close(theirs);
    if (error != 0) {
        ::close(ends[0]);
        throw cannot_start(words.front(), error);
    }
    return started;
}

ExecutorProcess::ExecutorProcess(std::vector<std::string> const& words)
    : ExecutorProcess{start(words)} {}

ExecutorProcess::ExecutorProcess(Started started) : pid_{started.pid}, channel_{started.socket} {}

ExecutorProcess::~ExecutorProcess() {
    end();
}

std::string ExecutorProcess::end() noexcept {
    if (pid_ < 0) {
        return ending_;
    }
    int status = 0;
    ::kill(pid_, SIGKILL); // whoever has ended already stays as he ended
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    ending_ = ending_in_words(status);
    return ending_;
}

} // namespace stemlathe::service
