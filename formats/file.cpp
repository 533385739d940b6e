#include "formats/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace stemlathe::formats {

namespace {

Code code_of(int error) noexcept {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return Code::not_found;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: // a limit on file size is a full disk to the user
        return Code::storage_full;
    default:
        return Code::storage_failed;
    }
}

} // namespace

Failure storage_failure(int error, std::filesystem::path const& path, std::string_view action) {
    return Failure{
        code_of(error),
        fmt::format(
            "cannot {} {}: {}", action, path.string(), std::generic_category().message(error)
        )}
        .about_file(path.string());
}

File::File(int descriptor, std::filesystem::path path) noexcept
    : descriptor_(descriptor), path_(std::move(path)) {}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    return *this;
}

File::~File() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

File File::open_existing(std::filesystem::path const& path, int flags) {
    // O_NONBLOCK: opening a pipe must not wait for a writer that never comes.
    int const descriptor = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK);
    int const error = errno;
    if (descriptor < 0 && error != EISDIR) {
        throw storage_failure(error, path, "open");
    }

    struct stat status {};

    bool const regular =
        descriptor >= 0 && ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    File file{descriptor, path};
    if (!regular) {
        throw Failure{
            Code::unreadable,
            fmt::format("{} is a folder or a device, not an audio file", path.string())}
            .about_file(path.string());
    }
    return file;
}

File File::open(std::filesystem::path const& path) {
    return open_existing(path, O_RDONLY);
}

File File::open_for_change(std::filesystem::path const& path) {
    return open_existing(path, O_RDWR);
}

File File::of_descriptor(int descriptor, std::filesystem::path path) noexcept {
    return File{descriptor, std::move(path)};
}

File File::create(std::filesystem::path const& path) {
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        throw storage_failure(errno, path, "create");
    }
    return File{descriptor, path};
}

std::int64_t File::size() const {
    struct stat status {};

    if (::fstat(descriptor_, &status) != 0) {
        throw storage_failure(errno, path_, "read");
    }
    return status.st_size;
}

std::size_t File::read_at(std::span<std::byte> into, std::int64_t offset) const {
    std::size_t done = 0;
    while (done < into.size()) {
        ssize_t const got = ::pread(
            descriptor_,
            into.data() + done,
            into.size() - done,
            offset + static_cast<std::int64_t>(done)
        );
        if (got < 0 && errno != EINTR) {
            throw storage_failure(errno, path_, "read");
        }
        if (got == 0) {
            break;
        }
        done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return done;
}

int File::try_write_at(std::span<std::byte const> bytes, std::int64_t offset) noexcept {
    std::size_t done = 0;
    while (done < bytes.size()) {
        ssize_t const put = ::pwrite(
            descriptor_,
            bytes.data() + done,
            bytes.size() - done,
            offset + static_cast<std::int64_t>(done)
        );
        if (put < 0 && errno != EINTR) {
            return errno;
        }
        done += put > 0 ? static_cast<std::size_t>(put) : 0;
    }
    return 0;
}

void File::write_at(std::span<std::byte const> bytes, std::int64_t offset) {
    int const error = try_write_at(bytes, offset);
    if (error != 0) {
        throw storage_failure(error, path_, "write");
    }
}

void File::cut(std::int64_t bytes) {
    if (::ftruncate(descriptor_, bytes) != 0) {
        throw storage_failure(errno, path_, "shorten");
    }
}

void File::sync() {
    if (::fsync(descriptor_) != 0) {
        throw storage_failure(errno, path_, "write");
    }
}

void File::start_sync() noexcept {
    // A hint: where the file system cannot take it, a later sync does all the work.
    (void)::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
}

void File::close() {
    int const descriptor = std::exchange(descriptor_, -1);
    if (descriptor >= 0 && ::close(descriptor) != 0 && errno != EINTR) {
        throw storage_failure(errno, path_, "close");
    }
}

void sync_folder(std::filesystem::path const& folder) {
    std::filesystem::path const target = folder.empty() ? std::filesystem::path(".") : folder;
    int const descriptor = ::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        throw storage_failure(errno, target, "open");
    }
    int const error = ::fsync(descriptor) != 0 ? errno : 0;
    ::close(descriptor);
    // Some network file systems cannot sync a folder and say EINVAL; their rename is safe already.
    if (error != 0 && error != EINVAL) {
        throw storage_failure(error, target, "write");
    }
}

} // namespace stemlathe::formats
