#include "service/blobs/local_blob_store.hpp"

#include "kernels/base/assert.hpp"
#include "service/blobs/file_calls.hpp"
#include "service/store/crash_point.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace stemlathe::service {

namespace {

constexpr std::chrono::hours kSweepAge{24};
constexpr std::string_view kAside = "aside-"; ///< in the workshop: a blob that is being removed

bool is_digest(std::string_view name) {
    return name.size() == 64 && std::ranges::all_of(name, [](char letter) {
               return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
           });
}

void make_folder(std::filesystem::path const& folder) {
    if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) {
        throw blob_failure(errno, "make the folder", folder);
    }
}

/// Small files are read back as a whole, of the others every 16th (by its digest).
bool is_to_be_verified(Blob const& blob) {
    constexpr std::int64_t kAlwaysBelow = std::int64_t{256} << 20U;
    return blob.bytes < kAlwaysBelow || blob.digest.front() == '0';
}

/// Syncs a file whose bytes hash to `blob`, and reads it back from the disk.
void make_durable(int descriptor, Blob const& blob, std::filesystem::path const& file) {
    if (::fchmod(descriptor, 0440) != 0) {
        throw blob_failure(errno, "protect", file);
    }
    touch(descriptor, file);
    crash_point(CrashSite::publish_before_sync);
    if (::fdatasync(descriptor) != 0) {
        // Not to be tried again: the kernel may have dropped the bytes and would now say yes.
        int const error = errno;
        ::unlink(file.c_str());
        throw blob_failure(error, "write", file);
    }
    crash_point(CrashSite::publish_after_sync);
    if (!is_to_be_verified(blob)) {
        return;
    }
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED); // from the disk, not from the cache
    if (digest_of(descriptor, file).digest != blob.digest) {
        ::unlink(file.c_str());
        throw Failure{
            Code::storage_failed,
            fmt::format("{} reads back other than it was written: check the disk", file.string())}
            .about_file(file.string());
    }
}

/// Whether nothing in it was changed lately.
bool is_abandoned(std::filesystem::directory_entry const& entry) {
    std::error_code error;
    if (entry.is_symlink(error) || !entry.is_directory(error)) {
        struct stat status {};

        bool const is_there = ::lstat(entry.path().c_str(), &status) == 0;
        auto const time = std::chrono::file_clock::from_sys(
            std::chrono::system_clock::from_time_t(status.st_mtim.tv_sec)
        );
        return is_there && is_older(time, kSweepAge);
    }
    return is_older(entry.last_write_time(error), kSweepAge) &&
           std::ranges::all_of(std::filesystem::directory_iterator{entry.path()}, is_abandoned);
}

} // namespace

LocalBlobStore::LocalBlobStore(std::filesystem::path root, FreeSpace free)
    : cas_(std::filesystem::absolute(root) / "cas"),
      workshop_(cas_.parent_path() / "work"),
      free_(free) {
    make_folder(cas_.parent_path());
    make_folder(cas_);
    make_folder(workshop_);
    sync_folder(cas_.parent_path());
    sweep();
}

void LocalBlobStore::sweep() {
    for (auto const& entry : std::filesystem::directory_iterator{workshop_}) {
        auto const name = entry.path().filename().string();
        if (name.starts_with(kAside)) {
            // Its removal was cut off. Who removes decides anew; if it is back, this one is spare.
            auto const home = path_of(name.substr(kAside.size()));
            if (!rename_to_free_name(entry.path(), home)) {
                ::unlink(entry.path().c_str());
            }
        } else if (is_abandoned(entry)) {
            std::error_code ignored; // the next start tries again
            std::filesystem::remove_all(entry.path(), ignored);
        }
    }
}

std::filesystem::path LocalBlobStore::path_of(std::string const& digest) const {
    STEMLATHE_ASSERT(is_digest(digest));
    return cas_ / digest.substr(0, 2) / digest.substr(2, 2) / digest;
}

void LocalBlobStore::make_shelf(std::filesystem::path const& shelf) const {
    if (std::filesystem::is_directory(shelf)) {
        return;
    }
    auto const above = shelf.parent_path();
    make_folder(above);
    sync_folder(cas_);
    make_folder(shelf);
    sync_folder(above);
}

/// Whether the blob is there with its size, dated from now on, so that nobody removes it.
bool LocalBlobStore::is_there_still(Blob const& blob) const {
    auto const home = path_of(blob.digest);

    struct stat opened {};

    struct stat named {};

    try {
        auto const descriptor = open_to_read(home);
        touch(*descriptor, home);
        // Dated first, looked for after: a removal that did not see the date has moved the name.
        return ::fstat(*descriptor, &opened) == 0 && ::lstat(home.c_str(), &named) == 0 &&
               opened.st_ino == named.st_ino && named.st_size == blob.bytes;
    } catch (Failure const& failure) {
        if (failure.code() == Code::not_found) {
            return false;
        }
        throw;
    }
}

bool LocalBlobStore::put(std::filesystem::path const& file, Blob const& blob) const {
    auto const home = path_of(blob.digest);
    make_shelf(home.parent_path());
    constexpr int kTries = 100; // a removal at the same moment may take the name back and forth
    for (int i = 0; i < kTries; ++i) {
        if (rename_to_free_name(file, home)) {
            return true;
        }
        if (is_there_still(blob)) {
            return false;
        }

        struct stat status {};

        if (::lstat(home.c_str(), &status) == 0 && status.st_size != blob.bytes) {
            // Damaged, for only whole files come here; ours has just been read back.
            if (::rename(file.c_str(), home.c_str()) != 0) {
                throw blob_failure(errno, "replace", home);
            }
            return true;
        }
    }
    throw blob_failure(EBUSY, "rename to", home);
}

Blob LocalBlobStore::publish(std::filesystem::path const& file) {
    auto const descriptor = open_to_read(file);
    auto const blob = digest_of(*descriptor, file);
    make_durable(*descriptor, blob, file);
    auto const shelf = path_of(blob.digest).parent_path();
    crash_point(CrashSite::publish_before_rename);
    if (put(file, blob)) {
        crash_point(CrashSite::publish_after_rename);
        sync_folder(shelf);
        crash_point(CrashSite::publish_after_folder_sync);
    } else {
        sync_folder(shelf); // whoever put it there may have died before he did
        crash_point(CrashSite::publish_again_before_removal);
        ::unlink(file.c_str());
        crash_point(CrashSite::publish_again_after_removal);
    }
    return blob;
}

std::shared_ptr<int const>
LocalBlobStore::open(std::string const& digest, std::int64_t bytes) const {
    auto const path = path_of(digest);
    auto descriptor = open_to_read(path);

    struct stat status {};

    if (::fstat(*descriptor, &status) != 0) {
        throw blob_failure(errno, "read", path);
    }
    if (status.st_size != bytes) {
        throw Failure{
            Code::storage_failed,
            fmt::format(
                "{} is damaged: it has {} bytes and should have {}; restore it from a backup",
                path.string(),
                status.st_size,
                bytes
            )}
            .about_file(path.string());
    }
    return descriptor;
}

bool LocalBlobStore::has(std::string const& digest, std::int64_t bytes) const {
    struct stat status {};

    return ::lstat(path_of(digest).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_size == bytes;
}

void LocalBlobStore::read(
    std::string const& digest,
    std::int64_t bytes,
    std::function<void(std::span<std::byte const>)> const& take
) const {
    auto const descriptor = open(digest, bytes);
    read_all(*descriptor, path_of(digest), take);
    ::posix_fadvise(*descriptor, 0, 0, POSIX_FADV_DONTNEED);
}

void LocalBlobStore::place(std::string const& digest, std::filesystem::path const& path) const {
    auto const home = path_of(digest);
    if (::link(home.c_str(), path.c_str()) == 0) {
        return;
    }
    // Another disk, or one without hard links; then a soft one, or there are none at all.
    bool const has_no_link =
        errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP;
    if (!has_no_link) {
        throw blob_failure(errno, "link to", errno == ENOENT ? home : path);
    }
    auto const source = open_to_read(home); // a soft link would not say that it points nowhere
    if (::symlink(home.c_str(), path.c_str()) == 0) {
        return;
    }
    if (errno != EPERM && errno != EOPNOTSUPP) {
        throw blob_failure(errno, "link to", path);
    }
    copy_whole(home, path);
}

bool LocalBlobStore::remove(std::string const& digest, std::chrono::milliseconds grace) {
    auto const home = path_of(digest);
    auto const aside = workshop_ / (std::string{kAside} + digest);
    if (::rename(home.c_str(), aside.c_str()) != 0) {
        if (errno == ENOENT) {
            return true;
        }
        throw blob_failure(errno, "move aside", home);
    }
    crash_point(CrashSite::remove_after_setting_aside);
    std::error_code error;
    auto const published = std::filesystem::last_write_time(aside, error);
    if (!error && !is_older(published, grace)) {
        if (!rename_to_free_name(aside, home)) {
            ::unlink(aside.c_str()); // published once more meanwhile
        }
        sync_folder(home.parent_path());
        return false;
    }
    if (::unlink(aside.c_str()) != 0) {
        if (errno == ENOENT) {
            return false; // another process started just now, and its sweep put it back
        }
        throw blob_failure(errno, "remove", aside);
    }
    crash_point(CrashSite::remove_after_removal);
    return true;
}

std::vector<std::string> LocalBlobStore::older_than(std::chrono::milliseconds grace) const {
    std::vector<std::string> digests;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{cas_}) {
        auto const name = entry.path().filename().string();
        std::error_code error; // it may be gone by now
        if (is_digest(name) && is_older(entry.last_write_time(error), grace) && !error) {
            digests.push_back(name);
        }
    }
    std::ranges::sort(digests);
    return digests;
}

std::int64_t LocalBlobStore::room_bytes() const {
    return room_below(workshop_, free_);
}

std::int64_t room_below(std::filesystem::path const& folder, FreeSpace const& kept) {
    struct statvfs status {};

    if (::statvfs(folder.c_str(), &status) != 0) {
        throw blob_failure(errno, "look at", folder);
    }
    auto const unit = static_cast<std::int64_t>(status.f_frsize);
    auto const available = static_cast<std::int64_t>(status.f_bavail) * unit;
    auto const whole = static_cast<std::int64_t>(status.f_blocks) * unit;
    return std::max<std::int64_t>(available - std::max(whole / 100 * kept.percent, kept.bytes), 0);
}

} // namespace stemlathe::service
