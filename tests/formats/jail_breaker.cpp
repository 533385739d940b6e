#include "formats/jail/jail.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>

/// Locks itself in as the decoder does and then tries one way out, named by its first argument; the
/// second is a folder to do harm in. Descriptor 3 is a file opened for reading.
/// A third argument leaves the jail open, to see that the way leads out at all. Exit code 0: it
/// worked, the jail leaks. 10: refused. Or it is killed. 2: the jail did not close.

namespace {

constexpr std::uint64_t kGibibyte = 1ULL << 30U;
std::string folder;

bool worked(long result) {
    return result >= 0;
}

bool call(
    long number, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0, std::uint64_t d = 0
) {
    return worked(::syscall(number, a, b, c, d, 0, 0));
}

std::uint64_t address(void const* at) {
    return reinterpret_cast<std::uintptr_t>(at);
}

bool maps(std::size_t bytes, int protection) {
    return ::mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

bool executes() {
    std::array<char const*, 2> const words{"/bin/true", nullptr};
    return call(SYS_execve, address(words[0]), address(words.data()), 0);
}

bool gets_more_memory_in_pieces() {
    for (int piece = 0; piece < 16; ++piece) {
        if (!maps(kGibibyte / 16, PROT_READ | PROT_WRITE)) {
            return false;
        }
    }
    return true;
}

bool raises_its_limit() {
    rlimit limit{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    return worked(::setrlimit(RLIMIT_AS, &limit));
}

bool makes_memory_executable() {
    void* const page =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return worked(::mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

bool spins_for_ever() {
    for (;;) {
        asm volatile("" : : : "memory");
    }
}

/// What a 32-bit program would call: another table of numbers, which a filter may forget.
bool calls_as_32_bits() {
    long result = 20; // getpid
    asm volatile("int $0x80" : "+a"(result) : : "memory");
    return result > 0;
}

std::map<std::string, std::function<bool()>> const kEscapes{
    {"open",
     [] {
         return worked(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
     }},
    {"open_own_memory",
     [] {
         return worked(::open("/proc/self/mem", O_RDWR | O_CLOEXEC));
     }},
    {"open_input_for_writing",
     [] {
         return worked(::open("/proc/self/fd/3", O_RDWR));
     }},
    {"openat2",
     [] {
         return call(SYS_openat2, 0, address("/etc/passwd"), 0, 24);
     }},
    {"create",
     [] {
         return worked(::open((folder + "/new").c_str(), O_CREAT | O_WRONLY, 0600));
     }},
    {"stat",
     [] {
         struct stat status {};

         return call(SYS_newfstatat, std::uint64_t(AT_FDCWD), address("/etc"), address(&status));
     }},
    {"readlink",
     [] {
         return call(SYS_readlink, address("/proc/self/exe"), address(&folder), 1);
     }},
    {"list_folder",
     [] {
         return call(SYS_getdents64, 3, address(&folder), 1);
     }},
    {"unlink",
     [] {
         return worked(::unlink((folder + "/victim").c_str()));
     }},
    {"rename",
     [] {
         return worked(::rename((folder + "/victim").c_str(), (folder + "/new").c_str()));
     }},
    {"mkdir",
     [] {
         return worked(::mkdir((folder + "/new").c_str(), 0700));
     }},
    {"write_input",
     [] {
         return worked(::write(3, "x", 1));
     }},
    {"pwrite_input",
     [] {
         return worked(::pwrite(3, "x", 1, 0));
     }},
    {"truncate_input",
     [] {
         return worked(::ftruncate(3, 0));
     }},
    {"chmod_input",
     [] {
         return worked(::fchmod(3, 0777));
     }},
    {"map_input_for_writing",
     [] {
         return ::mmap(nullptr, 1, PROT_WRITE, MAP_SHARED, 3, 0) != MAP_FAILED;
     }},
    {"socket",
     [] {
         return worked(::socket(AF_INET, SOCK_STREAM, 0));
     }},
    {"unix_socket",
     [] {
         return worked(::socket(AF_UNIX, SOCK_STREAM, 0));
     }},
    {"send_descriptor",
     [] {
         return call(SYS_sendmsg, 5, 0, 0);
     }},
    {"duplicate",
     [] {
         return worked(::dup(3));
     }},
    {"duplicate_by_fcntl",
     [] {
         return worked(::fcntl(3, F_DUPFD_CLOEXEC, 0));
     }},
    {"memfd",
     [] {
         return call(SYS_memfd_create, address("x"), 0);
     }},
    {"fork",
     [] {
         return call(SYS_fork);
     }},
    {"clone",
     [] {
         return call(SYS_clone, SIGCHLD);
     }},
    {"clone3",
     [] {
         return call(SYS_clone3, 0, 0);
     }},
    {"execve", executes},
    {"ptrace",
     [] {
         return worked(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
     }},
    {"trace_parent",
     [] {
         return worked(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr));
     }},
    {"kill_parent",
     [] {
         return call(SYS_kill, 1, 0);
     }},
    {"signal_itself",
     [] {
         return worked(::raise(0));
     }},
    {"read_parent",
     [] {
         return call(SYS_process_vm_readv, 1);
     }},
    {"pidfd",
     [] {
         return call(SYS_pidfd_open, 1, 0);
     }},
    {"much_memory",
     [] {
         return maps(kGibibyte, PROT_READ);
     }},
    {"much_memory_in_pieces", gets_more_memory_in_pieces},
    {"raise_limit", raises_its_limit},
    {"executable_memory",
     [] {
         return maps(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
     }},
    {"memory_made_executable", makes_memory_executable},
    {"time_without_end", spins_for_ever},
    {"io_uring",
     [] {
         return call(SYS_io_uring_setup, 8, address(folder.data()));
     }},
    {"bpf",
     [] {
         return call(SYS_bpf);
     }},
    {"perf",
     [] {
         return call(SYS_perf_event_open);
     }},
    {"userfaultfd",
     [] {
         return call(SYS_userfaultfd);
     }},
    {"keyctl",
     [] {
         return call(SYS_keyctl, 0, 0);
     }},
    {"mount",
     [] {
         return worked(::mount("none", folder.c_str(), "tmpfs", 0, nullptr));
     }},
    {"unshare",
     [] {
         return call(SYS_unshare, 0x10000000);
     }},
    {"chroot",
     [] {
         return worked(::chroot(folder.c_str()));
     }},
    {"chdir",
     [] {
         return worked(::chdir("/"));
     }},
    {"setuid",
     [] {
         return worked(::setuid(0));
     }},
    {"become_traceable",
     [] {
         return worked(::prctl(PR_SET_DUMPABLE, 1));
     }},
    {"reboot",
     [] {
         return call(SYS_reboot, 0, 0, 0);
     }},
    {"calls_of_32_bits", calls_as_32_bits},
    {"calls_of_x32",
     [] {
         return call(0x4000'0000 | SYS_getpid);
     }},
};

} // namespace

int main(int argc, char** argv) {
    std::string const name = argc > 1 ? argv[1] : "";
    if (name == "list") {
        for (auto const& [each, way] : kEscapes) {
            auto const line = each + "\n";
            if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) {
                return 2;
            }
        }
        return 0;
    }
    folder = argc > 2 ? argv[2] : "";
    auto const escape = kEscapes.find(name);
    bool const is_locked = argc > 3 || !stemlathe::formats::enter_jail({.cpu_s = 1});
    if (escape == kEscapes.end() || !is_locked) {
        return 2;
    }
    std::_Exit(escape->second() ? 0 : 10);
}
