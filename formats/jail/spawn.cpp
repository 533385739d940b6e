#include "formats/jail/spawn.hpp"

#include "formats/jail/jail.hpp"
#include "formats/jail/wire.hpp"
#include "kernels/base/failure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

namespace stemlathe::formats {

namespace {

constexpr char const* kDecoderName = "stemlathe-decoder";

/// The decoder lies beside the executable, as the backend modules do.
std::filesystem::path decoder_beside_program() {
    std::error_code error;
    auto const self = std::filesystem::read_symlink("/proc/self/exe", error);
    return self.parent_path() / kDecoderName;
}

Failure short_of(std::string_view what, int error) {
    return {
        Code::out_of_memory,
        fmt::format(
            "no {} is left for decoding: {}", what, std::generic_category().message(error)
        )};
}

/// A copy of a descriptor above those that the decoder gets, so that none is overwritten before it
/// is copied.
Descriptor out_of_the_way(int descriptor) {
    constexpr int kFirst = 16;
    Descriptor copy{::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirst)};
    if (!copy.is_open()) {
        throw short_of("file descriptor", errno);
    }
    return copy;
}

/// posix_spawn's two objects, made and released.
class SpawnPlan {
  public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }

    SpawnPlan(SpawnPlan const&) = delete;
    SpawnPlan& operator=(SpawnPlan const&) = delete;

    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    void give(int descriptor, int as) {
        ::posix_spawn_file_actions_adddup2(&actions_, descriptor, as);
    }

    void close_the_rest() {
        for (int const stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            ::posix_spawn_file_actions_addclose(&actions_, stream);
        }
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, kSocketDescriptor + 1);
    }

    /// No handler, nothing blocked, and a process group of its own: Ctrl-C is the parent's matter,
    /// who ends its decoders.
    void stay_clear_of_signals() {
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

    [[nodiscard]] int start(pid_t& child, std::vector<std::string> words, std::string environment) {
        std::vector<char*> arguments;
        for (auto& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        std::array<char*, 2> variables{environment.empty() ? nullptr : environment.data(), nullptr};
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

std::string library_path() {
    char const* const path = std::getenv("LD_LIBRARY_PATH");
    return path == nullptr ? std::string{} : std::string{"LD_LIBRARY_PATH="} + path;
}

} // namespace

Window::Window()
    : descriptor_(::memfd_create("stemlathe-window", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (!descriptor_.is_open() || ::ftruncate(descriptor_.get(), kWindowBytes) != 0 ||
        ::fcntl(descriptor_.get(), F_ADD_SEALS, kSeals) != 0) {
        throw short_of("memory", errno);
    }
    void* const at = ::mmap(nullptr, kWindowBytes, PROT_READ, MAP_SHARED, descriptor_.get(), 0);
    if (at == MAP_FAILED) {
        throw short_of("memory", errno);
    }
    bytes_ = {static_cast<std::byte*>(at), kWindowBytes};
}

Window::~Window() {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

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

pid_t start_decoder(
    std::filesystem::path const& program, DecoderEnds const& ends, std::int64_t cpu_s
) {
    auto const path = (program.empty() ? decoder_beside_program() : program).string();
    auto const input = out_of_the_way(ends.input);
    auto const window = out_of_the_way(ends.window);
    auto const socket = out_of_the_way(ends.socket);
    SpawnPlan plan;
    plan.give(input.get(), kInputDescriptor);
    plan.give(window.get(), kWindowDescriptor);
    plan.give(socket.get(), kSocketDescriptor);
    plan.close_the_rest();
    plan.stay_clear_of_signals();
    pid_t child = -1;
    int const error = plan.start(child, {path, std::to_string(cpu_s)}, library_path());
    if (error == EAGAIN || error == ENOMEM) {
        throw short_of("process", error);
    }
    if (error != 0) {
        throw Failure{
            Code::internal,
            fmt::format(
                "the decoder {} cannot be started: {}; install it beside the program",
                path,
                std::generic_category().message(error)
            )}
            .about_file(path);
    }
    return child;
}

} // namespace stemlathe::formats
