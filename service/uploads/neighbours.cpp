#include "service/uploads/neighbours.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <sstream>
#include <thread>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kForgotten_ms = std::int64_t{24} * 3'600'000;

/// What a process is known by to its neighbours: the boot, and the space that its number counts in.
std::string neighbourhood(std::string const& boot) {
    std::error_code ignored;
    auto const space = std::filesystem::read_symlink("/proc/self/ns/pid", ignored);
    return boot + " " + space.string();
}

/// Where this process runs, for `is_dead_neighbour`.
std::string place_of_process(Uploads const& uploads) {
    return fmt::format("{} {}", neighbourhood(uploads.boot()), ::getpid());
}

/// What was last heard of the others that may live, in the database's time.
std::map<std::string, std::int64_t> others(Uploads& uploads) {
    std::map<std::string, std::int64_t> found;
    uploads.with_database([&](Database& database) {
        auto const& writers = uploads.writers();
        for (auto const& row : database.query(
                 "SELECT id, host, seen FROM process WHERE id<>$1 AND seen>=now_ms()-$2",
                 {writers.process(), writers.periods().gone.count()}
             )) {
            if (!is_dead_neighbour(uploads, row.text("host"))) {
                found[row.text("id")] = row.integer("seen");
            }
        }
    });
    return found;
}

} // namespace

bool is_dead_neighbour(Uploads const& uploads, std::string const& place) {
    auto const here = neighbourhood(uploads.boot()) + " ";
    if (!place.starts_with(here)) {
        return false;
    }
    pid_t process = 0;
    std::istringstream{place.substr(here.size())} >> process;
    return process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

void give_sign_of_life(Uploads& uploads) {
    auto& writers = uploads.writers();
    if (!writers.is_renewal_due()) {
        return;
    }
    auto const begun = std::chrono::steady_clock::now();
    uploads.with_database([&](Database& database) {
        database.query(
            "INSERT INTO process(id, host, seen) VALUES($1, $2, now_ms()) ON CONFLICT(id) DO "
            "UPDATE SET seen=excluded.seen",
            {writers.process(), place_of_process(uploads)}
        );
        database.query("DELETE FROM process WHERE seen<now_ms()-$1", {kForgotten_ms});
    });
    writers.renewed(begun);
}

void sign_out(Uploads& uploads) {
    uploads.with_database([&](Database& database) {
        database.query("DELETE FROM process WHERE id=$1", {uploads.writers().process()});
    });
}

bool is_another_alive(Uploads& uploads) {
    constexpr std::chrono::milliseconds kLook{250};
    auto const before = others(uploads);
    auto now = before;
    while (!now.empty()) {
        for (auto const& [id, seen] : now) {
            auto const known = before.find(id);
            if (known == before.end() || known->second != seen) {
                return true;
            }
        }
        std::this_thread::sleep_for(kLook);
        give_sign_of_life(uploads);
        now = others(uploads);
    }
    return false;
}

} // namespace stemlathe::service
