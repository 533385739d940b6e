#include "service/uploads/upload_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace stemlathe::service {

Failure upload_failure(int error, std::string_view action, std::filesystem::path const& path) {
    bool const is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    return Failure{
        is_full ? Code::storage_full : Code::storage_failed,
        fmt::format("cannot {} {}: {}", action, path.string(), std::strerror(error))}
        .about_file(path.string());
}

UploadFile::UploadFile(std::filesystem::path path)
    : path_{std::move(path)},
      descriptor_{::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640)} {
    if (descriptor_ < 0) {
        throw upload_failure(errno, "open", path_);
    }
}

UploadFile::~UploadFile() {
    ::close(descriptor_);
}

std::int64_t UploadFile::bytes() const {
    struct stat status {};

    if (::fstat(descriptor_, &status) != 0) {
        throw upload_failure(errno, "look at", path_);
    }
    return status.st_size;
}

void UploadFile::write(std::span<std::byte const> bytes, std::int64_t& position) {
    while (!bytes.empty()) {
        auto const written = ::pwrite(descriptor_, bytes.data(), bytes.size(), position);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            throw upload_failure(written < 0 ? errno : ENOSPC, "write", path_);
        }
        position += written;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void UploadFile::append(std::filesystem::path const& other) {
    auto const close = [](int const* descriptor) {
        ::close(*descriptor);
    };
    int const opened = ::open(other.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (opened < 0) {
        throw upload_failure(errno, "open", other);
    }
    std::unique_ptr<int const, decltype(close)> const from{&opened, close};
    off_t position = this->bytes();
    while (true) {
        constexpr std::size_t kPiece = std::size_t{8} << 20U;
        auto const copied = ::copy_file_range(opened, nullptr, descriptor_, &position, kPiece, 0);
        if (copied < 0 && errno != EINTR) {
            throw upload_failure(errno, "write", path_);
        }
        if (copied == 0) {
            return;
        }
    }
}

void UploadFile::sync() {
    if (::fdatasync(descriptor_) != 0) {
        throw upload_failure(errno, "write", path_);
    }
}

void UploadFile::truncate(std::int64_t bytes) {
    if (::ftruncate(descriptor_, bytes) != 0) {
        throw upload_failure(errno, "shorten", path_);
    }
}

} // namespace stemlathe::service
