#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>

namespace stemlathe::service {

/// Holds a database for one connection of one process: two that write are what SQLite's WAL-reset
/// bug needs. A lock of the kind that dies with its process and that no forked child keeps alive.
class DatabaseLock {
  public:
    /// Whom it keeps out: everybody, or only those who want it for themselves.
    enum class Sharing : std::uint8_t { alone, with_others };

    /// Locks "<database>-lock". @throws Failure{invalid_argument} somebody else holds it;
    /// {storage_full, storage_failed} it cannot be made
    explicit DatabaseLock(std::filesystem::path const& database, Sharing sharing = Sharing::alone);
    DatabaseLock(DatabaseLock const&) = delete;
    DatabaseLock& operator=(DatabaseLock const&) = delete;
    ~DatabaseLock();

  private:
    int descriptor_ = -1;
    ino_t inode_ = 0;
    dev_t device_ = 0;
};

} // namespace stemlathe::service
