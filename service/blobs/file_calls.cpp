#include "service/blobs/file_calls.hpp"

#include "formats/checksum.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <span>
#include <system_error>
#include <vector>

namespace stemlathe::service {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;

Code code_of(int error) noexcept {
    switch (error) {
    case ENOENT:
        return Code::not_found;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return Code::storage_full;
    default:
        return Code::storage_failed;
    }
}

std::span<std::byte const> read_block(
    int descriptor,
    std::span<std::byte> block,
    std::int64_t offset,
    std::filesystem::path const& path
) {
    for (;;) {
        ssize_t const got = ::pread(descriptor, block.data(), block.size(), offset);
        if (got >= 0) {
            return block.first(static_cast<std::size_t>(got));
        }
        if (errno != EINTR) {
            throw blob_failure(errno, "read", path);
        }
    }
}

void write_block(
    int descriptor, std::span<std::byte const> block, std::filesystem::path const& path
) {
    while (!block.empty()) {
        ssize_t const put = ::write(descriptor, block.data(), block.size());
        if (put < 0 && errno != EINTR) {
            throw blob_failure(errno, "write", path);
        }
        block = block.subspan(put > 0 ? static_cast<std::size_t>(put) : 0);
    }
}

} // namespace

Failure blob_failure(int error, std::string_view action, std::filesystem::path const& path) {
    return Failure{
        code_of(error),
        fmt::format(
            "cannot {} {}: {}", action, path.string(), std::generic_category().message(error)
        )}
        .about_file(path.string());
}

Descriptor open_to_read(std::filesystem::path const& path) {
    // Never through a link: a blob is a file that lies where its name says.
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) {
        throw blob_failure(errno, "open", path);
    }
    return {new int const {descriptor}, [](int const* owned) {
                ::close(*owned);
                delete owned;
            }};
}

void read_all(
    int descriptor,
    std::filesystem::path const& path,
    std::function<void(std::span<std::byte const>)> const& take
) {
    std::vector<std::byte> block(kBlockBytes);
    std::int64_t offset = 0;
    for (;;) {
        auto const bytes = read_block(descriptor, block, offset, path);
        if (bytes.empty()) {
            return;
        }
        take(bytes);
        offset += static_cast<std::int64_t>(bytes.size());
    }
}

Blob digest_of(int descriptor, std::filesystem::path const& path) {
    Sha256 sum;
    Blob blob;
    auto crc = ::crc32_z(0, nullptr, 0);
    read_all(descriptor, path, [&](std::span<std::byte const> bytes) {
        sum.update(bytes);
        crc = ::crc32_z(crc, reinterpret_cast<Bytef const*>(bytes.data()), bytes.size());
        blob.bytes += static_cast<std::int64_t>(bytes.size());
    });
    blob.digest = sum.finish();
    blob.crc32 = static_cast<std::uint32_t>(crc);
    return blob;
}

void sync_folder(std::filesystem::path const& folder) {
    auto const descriptor = open_to_read(folder);
    // Some network file systems cannot sync a folder and say EINVAL; their rename is safe already.
    if (::fsync(*descriptor) != 0 && errno != EINVAL) {
        throw blob_failure(errno, "write", folder);
    }
}

bool rename_to_free_name(std::filesystem::path const& from, std::filesystem::path const& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
        return true;
    }
    int error = errno;
    if (error == EINVAL) { // NFS knows no such flag; a link is refused just the same where one is
        if (::link(from.c_str(), to.c_str()) == 0) {
            ::unlink(from.c_str());
            return true;
        }
        error = errno;
    }
    if (error != EEXIST) {
        throw blob_failure(error, "rename to", to);
    }
    return false;
}

void touch(int descriptor, std::filesystem::path const& path) {
    if (::futimens(descriptor, nullptr) != 0) {
        throw blob_failure(errno, "date", path);
    }
}

bool is_older(std::filesystem::file_time_type time, std::chrono::milliseconds grace) noexcept {
    return time <= std::filesystem::file_time_type::clock::now() - grace;
}

Blob write_hashed(ReadAll const& read, std::filesystem::path const& to) {
    int const target = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (target < 0) {
        throw blob_failure(errno, "create", to);
    }
    try {
        Sha256 sum;
        Blob blob;
        read([&](std::span<std::byte const> bytes) {
            write_block(target, bytes, to);
            sum.update(bytes);
            blob.bytes += static_cast<std::int64_t>(bytes.size());
        });
        ::close(target);
        blob.digest = sum.finish();
        return blob;
    } catch (...) {
        ::close(target);
        ::unlink(to.c_str());
        throw;
    }
}

void copy_whole(std::filesystem::path const& from, std::filesystem::path const& to) {
    auto const source = open_to_read(from);
    auto const read = [&](std::function<void(std::span<std::byte const>)> const& take) {
        read_all(*source, from, take);
    };
    static_cast<void>(write_hashed(read, to));
}

} // namespace stemlathe::service
