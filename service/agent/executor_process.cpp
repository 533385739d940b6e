#include "service/agent/executor_process.hpp"

#include "kernels/base/failure.hpp"
#include "service/executor/executor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
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

std::vector<std::string> environment() {
    std::vector<std::string> kept;
    for (char** variable = ::environ; *variable != nullptr; ++variable) {
        std::string_view const text{*variable};
        if (std::ranges::any_of(kVariables, [&](auto start) { return text.starts_with(start); })) {
            kept.emplace_back(text);
        }
    }
    return kept;
}

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

ExecutorProcess::Started ExecutorProcess::start(std::vector<std::string> const& words) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw cannot_start(words.front(), errno);
    }
    int const theirs = out_of_the_way(ends[1]);
    ::close(ends[1]);
    Started started{.socket = ends[0]};
    SpawnPlan plan;
    plan.open("/dev/null", O_RDONLY, STDIN_FILENO);
    plan.open("/dev/null", O_WRONLY, STDOUT_FILENO);
    plan.give(theirs, kExecutorSocket);
    plan.close_from(kExecutorSocket + 1);
    int const error = theirs < 0 ? EMFILE : plan.start(started.child, words, environment());
    ::close(theirs);
    if (error != 0) {
        ::close(ends[0]);
        throw cannot_start(words.front(), error);
    }
    return started;
}

ExecutorProcess::ExecutorProcess(std::vector<std::string> const& words)
    : ExecutorProcess{start(words)} {}

ExecutorProcess::ExecutorProcess(Started started)
    : child_{std::move(started.child)}, channel_{started.socket} {}

ExecutorProcess::~ExecutorProcess() {
    end();
}

std::string ExecutorProcess::end() noexcept {
    if (child_.process() >= 0) {
        ending_ = ending_in_words(child_.end());
    }
    return ending_;
}

} // namespace stemlathe::service
