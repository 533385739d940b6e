#include "formats/child_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

namespace stemlathe {

namespace {

/// As exec wants them: pointers, and none behind the last.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace

int Child::end() noexcept {
    if (process_ < 0) {
        return 0;
    }
    int status = 0;
    ::kill(process_, SIGKILL); // whoever has ended already stays as he ended
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return status;
}

SpawnPlan::SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t all{};
    sigset_t none{};
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    );
}

SpawnPlan::~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
}

void SpawnPlan::give(int descriptor, int as) {
    ::posix_spawn_file_actions_adddup2(&actions_, descriptor, as);
}

void SpawnPlan::open(char const* path, int flags, int as) {
    ::posix_spawn_file_actions_addopen(&actions_, as, path, flags, 0);
}

void SpawnPlan::close(int descriptor) {
    ::posix_spawn_file_actions_addclose(&actions_, descriptor);
}

void SpawnPlan::close_from(int first) {
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, first);
}

int SpawnPlan::start(
    Child& child, std::vector<std::string> words, std::vector<std::string> environment
) {
    auto const arguments = pointers_to(words);
    auto const variables = pointers_to(environment);
    pid_t process = -1;
    int const error = ::posix_spawn(
        &process, words.front().c_str(), &actions_, &attributes_, arguments.data(), variables.data()
    );
    if (error == 0) {
        child = Child{process};
    }
    return error;
}

int out_of_the_way(int descriptor) noexcept {
    constexpr int kFirst = 16;
    return ::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirst);
}

} // namespace stemlathe
