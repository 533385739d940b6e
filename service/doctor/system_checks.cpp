#include "service/doctor/checks.hpp"
#include "service/store/sqlite/sqlite_version.hpp"

#include <fmt/format.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace stemlathe::service {

namespace {

/// The fix of the WAL-reset bug, https://www.sqlite.org/wal.html ("The WAL-Reset Bug").
constexpr int kSqliteSound = 3051003;
/// 10,000 connections and what belongs to files and workers.
constexpr std::uint64_t kOpenFilesWanted = 12'000;
constexpr std::uint64_t kOpenFilesNeeded = 1'024;

std::filesystem::path program() {
    return std::filesystem::read_symlink("/proc/self/exe");
}

} // namespace

Check judge_sqlite(int version) {
    auto const text =
        fmt::format("{}.{}.{}", version / 1'000'000, version / 1000 % 1000, version % 1000);
    if (version < kSqliteSound) {
        return {
            .verdict = Verdict::warn,
            .message = fmt::format(
                "SQLite {} has a bug (fixed in 3.51.3) that can damage a database which two "
                "connections write and checkpoint at one moment; stemlathe has a single connection "
                "that writes, so it cannot happen here. Let no other program open the database",
                text
            )};
    }
    return {.message = "SQLite " + text};
}

Check check_sqlite() {
    return judge_sqlite(sqlite_version());
}

/// Asked with no filter: a kernel that has seccomp looks for it at address 0 (prctl(2), EFAULT).
Check check_seccomp() {
    bool const is_there =
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr, 0, 0) != 0 && errno == EFAULT;
    if (is_there) {
        return {.message = "decoders can be locked in"};
    }
    return {
        .verdict = Verdict::fail,
        .message =
            "this system has no seccomp filters, so decoders of foreign files cannot be "
            "locked in and the service refuses to start; run it on a kernel or in a container "
            "that has them, or accept the risk: STEMLATHE_ALLOW_UNSANDBOXED_DECODERS=1"};
}

Check check_landlock() {
    auto const version = ::syscall(
        SYS_landlock_create_ruleset, nullptr, std::size_t{0}, LANDLOCK_CREATE_RULESET_VERSION
    );
    if (version >= 1) {
        return {.message = fmt::format("version {}: a second wall around decoders", version)};
    }
    return {
        .verdict = Verdict::warn,
        .message = "not there: decoders have seccomp alone, without the second wall; Linux 5.13 or "
                   "newer with lsm=landlock has it"};
}

Check judge_open_files(std::uint64_t hard_limit) {
    if (hard_limit < kOpenFilesNeeded) {
        return {
            .verdict = Verdict::fail,
            .message = fmt::format(
                "at most {} files may be open at once, too few for a service; raise it (ulimit -Hn "
                "{}, or LimitNOFILE= of its unit)",
                hard_limit,
                kOpenFilesWanted
            )};
    }
    if (hard_limit < kOpenFilesWanted) {
        return {
            .verdict = Verdict::warn,
            .message = fmt::format(
                "at most {} files may be open at once, so fewer than 10,000 connections fit; raise "
                "it (ulimit -Hn {}, or LimitNOFILE= of its unit)",
                hard_limit,
                kOpenFilesWanted
            )};
    }
    return {.message = fmt::format("up to {}", hard_limit)};
}

Check check_open_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return {
            .verdict = Verdict::warn, .message = "the system does not say how many may be open"};
    }
    return judge_open_files(limit.rlim_max);
}

Check judge_clock(std::int64_t now_s, std::int64_t made_s, bool is_synchronised) {
    if (now_s < made_s) {
        return {
            .verdict = Verdict::fail,
            .message = "the clock is behind the day on which this program was made; tokens and "
                       "links would not expire when they should. Set the clock"};
    }
    if (!is_synchronised) {
        return {
            .verdict = Verdict::warn,
            .message = "nobody keeps the clock right (the kernel calls it unsynchronised); install "
                       "chrony or systemd-timesyncd, or ignore this where the host does it"};
    }
    return {.message = "kept right"};
}

Check check_clock() {
    struct stat made {};

    if (::stat("/proc/self/exe", &made) != 0) {
        made.st_mtim.tv_sec = 0;
    }
    timex state{};
    bool const is_synchronised = ::adjtimex(&state) != TIME_ERROR;
    return judge_clock(std::time(nullptr), made.st_mtim.tv_sec, is_synchronised);
}

Check check_decoder() {
    auto const decoder = program().parent_path() / "stemlathe-decoder";
    if (::access(decoder.c_str(), X_OK) == 0) {
        return {.message = decoder.string()};
    }
    return {
        .verdict = Verdict::fail,
        .message = fmt::format(
            "{} is missing or cannot be run, so no audio can be read; install it beside the "
            "program",
            decoder.string()
        )};
}

} // namespace stemlathe::service
