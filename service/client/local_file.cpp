#include "service/client/local_file.hpp"

#include "kernels/base/failure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

[[noreturn]] void
fail(Code code, std::string_view action, std::filesystem::path const& path, int error) {
    throw Failure{
        code,
        fmt::format(
            "cannot {} {}: {}", action, path.string(), std::generic_category().message(error)
        )}
        .about_file(path.string());
}

} // namespace

LocalFile::LocalFile(int descriptor, std::filesystem::path path) noexcept
    : descriptor_(descriptor), path_(std::move(path)) {}

LocalFile::~LocalFile() {
    ::close(descriptor_);
}

LocalFile LocalFile::to_read(std::filesystem::path const& path) {
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        fail(errno == ENOENT ? Code::not_found : Code::unreadable, "read", path, errno);
    }
    return LocalFile{descriptor, path};
}

LocalFile LocalFile::to_write(std::filesystem::path const& path) {
    int const descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) {
        fail(Code::storage_failed, "write", path, errno);
    }
    return LocalFile{descriptor, path};
}

std::size_t LocalFile::read_at(std::span<std::byte> into, std::int64_t offset) const {
    std::size_t done = 0;
    while (done < into.size()) {
        auto const got = ::pread(
            descriptor_,
            into.data() + done,
            into.size() - done,
            offset + static_cast<std::int64_t>(done)
        );
        if (got < 0 && errno != EINTR) {
            fail(Code::unreadable, "read", path_, errno);
        }
        if (got == 0) {
            break;
        }
        done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return done;
}

void LocalFile::write_at(std::span<std::byte const> bytes, std::int64_t offset) {
    while (!bytes.empty()) {
        auto const put = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
        if (put < 0 && errno != EINTR) {
            bool const is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
            fail(is_full ? Code::storage_full : Code::storage_failed, "write", path_, errno);
        }
        auto const done = put > 0 ? static_cast<std::size_t>(put) : 0;
        bytes = bytes.subspan(done);
        offset += static_cast<std::int64_t>(done);
    }
}

} // namespace stemlathe::service
