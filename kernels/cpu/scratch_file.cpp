#include "kernels/cpu/scratch_file.hpp"

#include "kernels/base/failure.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace stemlathe::cpu {

namespace {

[[noreturn]] void fail(std::filesystem::path const& directory, char const* what, int error) {
    bool const full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    throw Failure{
        full ? Code::storage_full : Code::storage_failed,
        std::string{"the scratch file in "} + directory.string() + " could not be " + what + ": " +
            std::strerror(error) +
            (full ? "; free some space there or name another place with --scratch" : "")}
        .about_file(directory.string());
}

int open_unlinked(std::filesystem::path const& directory) {
    int const descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) {
        return descriptor;
    }
    auto name =
        (directory / ".stemlathe-scratch-XXXXXX").string(); // for file systems without O_TMPFILE
    int const named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) {
        ::unlink(name.c_str());
    }
    return named;
}

} // namespace

ScratchFile::ScratchFile(std::filesystem::path const& directory)
    : directory_(directory.empty() ? std::filesystem::temp_directory_path() : directory),
      descriptor_(open_unlinked(directory_)) {
    if (descriptor_ < 0) {
        fail(directory_, "made", errno);
    }
}

ScratchFile::~ScratchFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

void ScratchFile::write(std::span<std::byte const> bytes, std::int64_t offset) {
    while (!bytes.empty()) {
        auto const done = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            fail(directory_, "written", done < 0 ? errno : ENOSPC);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        offset += done;
    }
}

void ScratchFile::read(std::span<std::byte> bytes, std::int64_t offset) const {
    while (!bytes.empty()) {
        auto const done = ::pread(descriptor_, bytes.data(), bytes.size(), offset);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            fail(directory_, "read", done < 0 ? errno : EIO);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        offset += done;
    }
}

} // namespace stemlathe::cpu
