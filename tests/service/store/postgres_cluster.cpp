#include "tests/service/store/postgres_cluster.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

/// initdb refuses to be root. The package makes a user for it.
passwd const* unprivileged_user() {
    return ::geteuid() != 0 ? nullptr : ::getpwnam("postgres");
}

std::filesystem::path find_programs() {
    std::vector<std::filesystem::path> folders{"/usr/lib/postgresql/15/bin"};
    auto const* const path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe)
    std::istringstream words{path != nullptr ? path : ""};
    for (std::string word; std::getline(words, word, ':');) { // unpacked packages: .ci/deps
        folders.push_back(std::filesystem::path{word} / "../lib/postgresql/15/bin");
    }
    for (auto const& folder : folders) {
        std::error_code ignored;
        if (std::filesystem::exists(folder / "initdb", ignored)) {
            return folder;
        }
    }
    return {};
}

void wait_for(pid_t child) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child) {
        throw std::runtime_error("a child of the test's cannot be waited for");
    }
}

} // namespace

std::filesystem::path const& PostgresCluster::programs() {
    static auto const kFolder = find_programs();
    return kFolder;
}

PostgresCluster& PostgresCluster::shared() {
    static PostgresCluster cluster{Durability::none};
    return cluster;
}

PostgresCluster::PostgresCluster(Durability durability, ClusterNetwork network)
    : durability_{durability}, network_{std::move(network)} {
    if (auto const* const user = unprivileged_user()) {
        if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0) {
            throw std::runtime_error("the folder cannot be given to the user postgres");
        }
    }
    wait_for(
        run(programs().string() + "/initdb --pgdata=" + host() +
            "/data --auth=trust --username=postgres --encoding=UTF8 --locale=C --no-sync")
    );
    if (!network_.address.empty()) {
        std::ofstream{folder_ / "data/pg_hba.conf", std::ios::app} << "host all all all trust\n";
    }
    start();
}

PostgresCluster::~PostgresCluster() {
    if (server_ > 0) {
        end(SIGQUIT); // what it has is thrown away anyway
    }
}

/// Starts a program in the cluster's folder that dies with this one; its words go to "log".
pid_t PostgresCluster::run(std::string const& command) const {
    auto const* const user = unprivileged_user();
    auto const script = "cd '" + host() + "' && exec " + command + " >>log 2>&1";
    auto const space = "/run/netns/" + network_.space;
    pid_t const child = ::fork();
    if (child != 0) {
        return child;
    }
    if (!network_.space.empty() &&
        ::setns(::open(space.c_str(), O_RDONLY | O_CLOEXEC), CLONE_NEWNET) != 0) {
        ::_exit(1);
    }
    if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                            ::setuid(user->pw_uid) != 0)) {
        ::_exit(1);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT); // after setuid, which would forget it
    ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    ::_exit(1);
}

void PostgresCluster::start() {
    std::string settings =
        durability_ == Durability::full ? "" : " -c fsync=off -c full_page_writes=off";
    settings += durability_ == Durability::none ? " -c synchronous_commit=off" : "";
    server_ =
        run(programs().string() + "/postgres -D data -k " + host() +
            " -c listen_addresses=" + network_.address +
            " -c shared_buffers=32MB -c max_connections=50 -c jit=off" + settings);
    constexpr int kTries = 3'000;
    for (int tries = 0; PQping(url().c_str()) != PQPING_OK; ++tries) {
        if (::waitpid(server_, nullptr, WNOHANG) != 0 || tries == kTries) {
            throw std::runtime_error("PostgreSQL does not start:\n" + read_file(folder_ / "log"));
        }
        ::usleep(20'000);
    }
}

void PostgresCluster::end(int signal) {
    ::kill(server_, signal);
    wait_for(server_);
    server_ = -1;
}

void PostgresCluster::stop() {
    end(SIGINT);
}

void PostgresCluster::kill() {
    // It is stopped first, or it would start new ones; its children would do the work that they
    // are at, and are no children of ours that could be waited for.
    ::kill(server_, SIGSTOP);
    std::ifstream file{fmt::format("/proc/{0}/task/{0}/children", server_)};
    std::vector<pid_t> const children{std::istream_iterator<pid_t>{file}, {}};
    for (auto const child : children) {
        ::kill(child, SIGKILL);
    }
    end(SIGKILL);
    for (auto const child : children) {
        while (::kill(child, 0) == 0) {
            ::usleep(1'000);
        }
    }
}

std::string PostgresCluster::url(std::string const& schema, std::string const& database) const {
    return "postgresql:///" + database + "?user=postgres&host=" + host() +
           "&options=-csearch_path%3D" + schema;
}

} // namespace stemlathe::test
