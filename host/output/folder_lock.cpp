#include "host/output/folder_lock.hpp"

#include "host/output/storage_error.hpp"
#include "kernels/base/failure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace stemlathe {

namespace {

/// Whether `descriptor` still is the file at `path`: another job may have removed the lock file
/// between our open and our lock.
bool is_same_file(int descriptor, std::filesystem::path const& path) {
    struct stat held {};

    struct stat there {};

    return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &there) == 0 &&
           held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

} // namespace

FolderLock::FolderLock(std::filesystem::path folder)
    : folder_(std::filesystem::absolute(folder).lexically_normal()) {
    if (!folder_.has_filename()) { // "out/" is "out"
        folder_ = folder_.parent_path();
    }
    make_folder();
    try {
        lock();
    } catch (...) {
        remove_made_folders();
        throw;
    }
}

FolderLock::~FolderLock() {
    std::error_code ignored;
    std::filesystem::remove(folder_ / kLockName, ignored);
    ::close(descriptor_);
    remove_made_folders();
}

void FolderLock::make_folder() {
    std::error_code error;
    auto const status = std::filesystem::status(folder_, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_directory(status)) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is a file; --out must name a folder (it is made where it is missing)",
                folder_.string()
            )}
            .about_file(folder_.string())
            .about_key("--out");
    }
    for (auto above = folder_; !above.empty() && !std::filesystem::exists(above, error);
         above = above.parent_path()) {
        first_made_ = above;
        if (above == above.parent_path()) {
            break;
        }
    }
    std::filesystem::create_directories(folder_, error);
    if (error) {
        remove_made_folders();
        throw storage_error(error, "make the folder", folder_);
    }
}

void FolderLock::lock() {
    auto const path = folder_ / kLockName;
    while (true) {
        int const descriptor =
            ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor < 0) {
            throw storage_error({errno, std::generic_category()}, "write to", folder_);
        }
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            int const error = errno;
            ::close(descriptor);
            if (error != EWOULDBLOCK) {
                throw storage_error({error, std::generic_category()}, "lock", folder_);
            }
            throw Failure{
                Code::invalid_argument,
                fmt::format(
                    "another job is writing to {}; wait for it or choose another --out",
                    folder_.string()
                )}
                .about_file(folder_.string())
                .about_key("--out");
        }
        if (is_same_file(descriptor, path)) {
            descriptor_ = descriptor;
            return;
        }
        ::close(descriptor);
    }
}

void FolderLock::remove_made_folders() noexcept {
    if (first_made_.empty()) {
        return;
    }
    std::error_code error;
    for (auto folder = folder_; std::filesystem::is_directory(folder, error);
         folder = folder.parent_path()) {
        ::rmdir(folder.c_str()); // takes empty folders only
        if (folder == first_made_) {
            break;
        }
    }
}

} // namespace stemlathe
