#include "service/server/snapshots.hpp"

#include "service/store/ids.hpp"
#include "service/store/snapshot.hpp"

#include <sys/stat.h>

#include <chrono>

namespace stemlathe::service {

namespace {

void remove_old(std::filesystem::path const& folder) {
    auto const end = std::filesystem::file_time_type::clock::now() - std::chrono::hours{1};
    std::error_code ignored; // whoever took one may remove it at the same moment
    for (auto const& entry : std::filesystem::directory_iterator{folder, ignored}) {
        if (entry.last_write_time(ignored) < end) {
            std::filesystem::remove(entry.path(), ignored);
        }
    }
}

} // namespace

std::string snapshot_into(std::filesystem::path const& data, Database& sqlite) {
    std::filesystem::path const folder = "snapshots";
    std::filesystem::create_directories(data / folder);
    ::chmod((data / folder).c_str(), S_IRWXU);
    remove_old(data / folder);
    auto const name = folder / (make_id("snp") + ".db");
    snapshot_sqlite(sqlite, std::filesystem::absolute(data / name));
    return name.string();
}

} // namespace stemlathe::service
