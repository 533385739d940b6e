#include "service/store/sqlite/sqlite_failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>

namespace stemlathe::service {

namespace {

bool is_full(int error) noexcept {
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

/// Why the system refused what SQLite calls an I/O error. sqlite3_system_errno says nothing of a
/// failed commit, but the files remember.
bool is_full(sqlite3* connection) {
    int of_database = 0;
    int of_log = 0;
    sqlite3_file* log = nullptr;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_LAST_ERRNO, &of_database);
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log != nullptr && log->pMethods != nullptr) {
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log);
    }
    return is_full(of_database) || is_full(of_log);
}

Failure full(std::filesystem::path const& file) {
    return Failure{
        Code::storage_full,
        fmt::format(
            "the disk under {} is full; nothing was changed: free some space", file.string()
        )}
        .about_file(file.string());
}

} // namespace

Failure system_failure(int error, std::string_view action, std::filesystem::path const& path) {
    return Failure{
        is_full(error) ? Code::storage_full : Code::storage_failed,
        fmt::format(
            "cannot {} {}: {}", action, path.string(), std::generic_category().message(error)
        )}
        .about_file(path.string());
}

bool is_sync_failure(int result) noexcept {
    return result == SQLITE_IOERR_FSYNC || result == SQLITE_IOERR_DIR_FSYNC;
}

Failure sqlite_failure(sqlite3* connection, int result, std::filesystem::path const& file) {
    auto const failed = [&](Code code, std::string_view what, std::string_view remedy) {
        return Failure{
            code,
            fmt::format(
                "{} {}: {} (SQLite {}){}",
                what,
                file.string(),
                connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(result),
                result,
                remedy
            )}
            .about_file(file.string());
    };
    switch (result & 0xFF) {
    case SQLITE_FULL:
        return full(file);
    case SQLITE_IOERR:
        // SQLite calls a quota and a limit on file size I/O errors; to the user they are a full
        // disk.
        if (connection != nullptr && is_full(connection)) {
            return full(file);
        }
        return failed(Code::storage_failed, "cannot read or write", "; check the disk");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return failed(Code::storage_failed, "damaged:", "; restore it from a backup");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return failed(Code::storage_failed, "another program holds", "; close it");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
        return failed(Code::storage_failed, "cannot open", "; may you write to its folder?");
    case SQLITE_INTERRUPT:
        return failed(Code::cancelled, "stopped reading", "");
    case SQLITE_NOMEM:
        return failed(Code::out_of_memory, "no memory for", "");
    default:
        return failed(Code::internal, "a wrong statement for", "");
    }
}

} // namespace stemlathe::service
