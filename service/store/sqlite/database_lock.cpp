#include "service/store/sqlite/database_lock.hpp"

#include "service/store/sqlite/sqlite_failure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace stemlathe::service {

namespace {

/// A process's own locks never stand in its way, so it keeps count itself.
std::mutex held_mutex;
std::set<std::pair<dev_t, ino_t>> held; // NOLINT(cert-err58-cpp)

Failure taken(std::filesystem::path const& database, pid_t holder) {
    auto const folder = database.parent_path().string();
    return Failure{
        Code::invalid_argument,
        fmt::format(
            "process {} is working with the data folder {} already; stop it first, or choose"
            " another --data",
            holder,
            folder
        )}
        .about_file(folder);
}

pid_t holder_of(int descriptor) {
    struct flock lock {};

    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    ::fcntl(descriptor, F_GETLK, &lock);
    return lock.l_pid;
}

} // namespace

DatabaseLock::DatabaseLock(std::filesystem::path const& database, Sharing sharing) {
    auto const path = database.string() + "-lock";

    struct stat status {};

    struct flock lock {};

    lock.l_type = sharing == Sharing::alone ? F_WRLCK : F_RDLCK;
    lock.l_whence = SEEK_SET;

    std::lock_guard const guard{held_mutex};
    // Looked at before it is opened: closing any descriptor of a file drops the process's locks.
    if (::stat(path.c_str(), &status) == 0 && held.contains({status.st_dev, status.st_ino})) {
        throw taken(database, ::getpid());
    }
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
        throw system_failure(errno, "write to", path);
    }
    if (::fcntl(descriptor_, F_SETLK, &lock) != 0) {
        int const error = errno;
        auto const holder = holder_of(descriptor_);
        ::close(descriptor_);
        throw error == EACCES || error == EAGAIN ? taken(database, holder)
                                                 : system_failure(error, "lock", path);
    }
    inode_ = status.st_ino;
    device_ = status.st_dev;
    held.emplace(device_, inode_);
}

DatabaseLock::~DatabaseLock() {
    std::lock_guard const guard{held_mutex};
    held.erase({device_, inode_});
    ::close(descriptor_);
}

} // namespace stemlathe::service
