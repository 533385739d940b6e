#include "formats/jail/jail.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <initializer_list>
#include <memory>
#include <system_error>

namespace stemlathe::formats {

namespace {

std::string reason(char const* wall, int error) {
    return std::string{wall} + ": " + std::generic_category().message(error);
}

bool lower_limit(__rlimit_resource resource, std::int64_t most) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) {
        return false;
    }
    auto const wanted = static_cast<rlim_t>(most);
    limit.rlim_max = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    limit.rlim_cur = limit.rlim_max;
    return ::setrlimit(resource, &limit) == 0;
}

bool lower_limits(JailLimits const& limits) {
    return lower_limit(RLIMIT_AS, limits.memory_bytes) && lower_limit(RLIMIT_CPU, limits.cpu_s) &&
           lower_limit(RLIMIT_FSIZE, 0) && lower_limit(RLIMIT_NPROC, 0) &&
           lower_limit(RLIMIT_CORE, 0);
}

/// Handles every kind of access that the kernel can and allows none. Debian 12's headers know the
/// second version of this interface, kernels more: hence the structure of our own.
/// Source: Linux, Documentation/userspace-api/landlock.rst.
void enter_landlock() {
    struct Ruleset {
        std::uint64_t files = 0;
        std::uint64_t network = 0;
        std::uint64_t scopes = 0;
    };

    constexpr unsigned kAskVersion = 1;
    long const version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
    if (version < 1) {
        return; // this kernel has none; seccomp stands alone
    }
    constexpr std::array<unsigned, 5> kFileRights{13, 14, 15, 15, 16}; // by version
    auto const last = static_cast<long>(kFileRights.size());
    auto const at = static_cast<std::size_t>((version < last ? version : last) - 1);
    Ruleset const ruleset{
        .files = (1ULL << kFileRights[at]) - 1,
        .network = version >= 4 ? 3ULL : 0ULL, // TCP bind, connect
        .scopes = version >= 6 ? 3ULL : 0ULL}; // abstract sockets, signals
    long const descriptor = ::syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0U);
    if (descriptor >= 0) {
        ::syscall(SYS_landlock_restrict_self, descriptor, 0U);
        ::close(static_cast<int>(descriptor));
    }
}

/// A system call filter under construction; the first error is kept.
class Filter {
  public:
    Filter() : context_(::seccomp_init(SCMP_ACT_KILL_PROCESS)) {
        error_ = context_ == nullptr ? ENOMEM : 0;
        keep(-::seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    }

    void allow(std::initializer_list<int> calls) {
        for (int const call : calls) {
            keep(-::seccomp_rule_add_array(context_.get(), SCMP_ACT_ALLOW, call, 0, nullptr));
        }
    }

    void allow(int call, scmp_arg_cmp const& condition) {
        keep(-::seccomp_rule_add_array(context_.get(), SCMP_ACT_ALLOW, call, 1, &condition));
    }

    void refuse(int error, std::initializer_list<int> calls) {
        auto const action = SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error));
        for (int const call : calls) {
            keep(-::seccomp_rule_add_array(context_.get(), action, call, 0, nullptr));
        }
    }

    /// @returns an errno, 0 when the filter is in force
    [[nodiscard]] int load() {
        if (error_ == 0) {
            keep(-::seccomp_load(context_.get()));
        }
        return error_;
    }

  private:
    struct Release {
        void operator()(void* context) const noexcept {
            ::seccomp_release(context);
        }
    };

    void keep(int error) noexcept {
        error_ = error_ == 0 ? error : error_;
    }

    std::unique_ptr<void, Release> context_;
    int error_ = 0;
};

scmp_arg_cmp argument_is(unsigned argument, std::uint64_t value) {
    return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

scmp_arg_cmp argument_lacks(unsigned argument, std::uint64_t bits) {
    return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = 0};
}

/// What WAV, AIFF, CAF, FLAC, Ogg and MP3 were seen to need, and not more.
int enter_seccomp() {
    Filter filter;
    filter.allow(
        {SCMP_SYS(read),
         SCMP_SYS(pread64),
         SCMP_SYS(lseek),
         SCMP_SYS(fstat),
         SCMP_SYS(close),
         SCMP_SYS(munmap),
         SCMP_SYS(mremap),
         SCMP_SYS(madvise),
         SCMP_SYS(brk),
         SCMP_SYS(futex),
         SCMP_SYS(exit),
         SCMP_SYS(exit_group),
         SCMP_SYS(rt_sigreturn),
         SCMP_SYS(restart_syscall),
         SCMP_SYS(clock_gettime),
         SCMP_SYS(getrandom),
         SCMP_SYS(getpid),
         SCMP_SYS(uname),
         SCMP_SYS(sched_getaffinity),
         SCMP_SYS(sysinfo)} // the C library's qsort asks how much memory there is
    );
    // The standard streams are closed: what a library prints goes nowhere and harms nobody.
    for (int const descriptor : {STDOUT_FILENO, STDERR_FILENO, kSocketDescriptor}) {
        filter.allow(SCMP_SYS(write), argument_is(0, static_cast<std::uint64_t>(descriptor)));
    }
    filter.allow(SCMP_SYS(mmap), argument_lacks(2, PROT_EXEC));
    filter.allow(SCMP_SYS(mprotect), argument_lacks(2, PROT_EXEC));
    filter.allow(SCMP_SYS(fcntl), argument_is(1, F_GETFL));
    filter.allow(SCMP_SYS(prlimit64), argument_is(2, 0)); // asking is free
    // Libraries ask for these in passing and live without an answer.
    filter.refuse(EACCES, {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(newfstatat)});
    filter.refuse(ENOTTY, {SCMP_SYS(ioctl)});
    return filter.load();
}

} // namespace

std::optional<std::string> enter_jail(JailLimits const& limits) {
    if (!lower_limits(limits)) {
        return reason("rlimits", errno);
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
        return reason("prctl", errno);
    }
    enter_landlock();
    if (!lower_limit(RLIMIT_NOFILE, 0)) { // what is open stays open
        return reason("rlimits", errno);
    }
    int const error = enter_seccomp();
    return error == 0 ? std::nullopt : std::optional{reason("seccomp", error)};
}

} // namespace stemlathe::formats
