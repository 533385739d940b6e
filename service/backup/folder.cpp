#include "service/backup/folder.hpp"

#include "formats/checksum.hpp"
#include "kernels/base/failure.hpp"
#include "service/store/migrate.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace stemlathe::service {

namespace fs = std::filesystem;

void make_private_folder(fs::path const& folder) {
    std::error_code error;
    bool const is_new = fs::create_directories(folder, error);
    if (error || (is_new && ::chmod(folder.c_str(), S_IRWXU) != 0)) {
        throw Failure{
            Code::storage_failed,
            fmt::format("{} cannot be made: {}", folder.string(), error.message())}
            .about_file(folder.string());
    }
}

BackupFile described(fs::path const& folder, fs::path const& path) {
    return {
        .path = path.string(),
        .bytes = static_cast<std::int64_t>(fs::file_size(folder / path)),
        .sha256 = sha256_of_file(folder / path)};
}

std::int64_t snapshot_schema(Database& snapshot) {
    bool const counts_files =
        !snapshot.query("SELECT 1 AS one FROM sqlite_master WHERE name='schema_file'").empty();
    std::string sql = "SELECT max(v) AS v FROM schema_version";
    if (counts_files) { // as migrate.cpp does
        sql = "SELECT max(v) AS v FROM"
              " (SELECT v FROM schema_version UNION ALL SELECT number FROM schema_file) AS known";
    }
    auto const found = snapshot.query(sql).front().integer("v");
    auto const known = static_cast<std::int64_t>(schema_files().size());
    if (found > known) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the database has schema {}, and this stemlathe knows {} at most; use a newer one",
                found,
                known
            )};
    }
    return found;
}

void stop_if_asked(std::stop_token const& stop, std::string_view what_stays) {
    if (stop.stop_requested()) {
        throw Failure{Code::cancelled, fmt::format("interrupted; {}", what_stays)};
    }
}

BackupManifest existing_manifest(fs::path const& folder) {
    auto manifest = read_manifest(folder);
    if (!manifest) {
        throw Failure{
            Code::not_found,
            fmt::format("there is no backup in {} (no backup.json)", folder.string())}
            .about_file(folder.string());
    }
    return *std::move(manifest);
}

void check_file(fs::path const& folder, BackupFile const& file) {
    auto const path = folder / file.path;
    if (sha256_of_file(path) != file.sha256) {
        throw Failure{
            Code::storage_failed,
            fmt::format(
                "{} is not as it was backed up: its SHA-256 is not {}", path.string(), file.sha256
            )}
            .about_file(path.string());
    }
}

} // namespace stemlathe::service
