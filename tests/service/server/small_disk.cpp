#include "tests/service/server/small_disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <stop_token>
#include <utility>

namespace stemlathe::test {

namespace {

constexpr std::int64_t kLeft_bytes = 64 * 1024;
constexpr useconds_t kBetween_us = 5'000;

} // namespace

SmallDisk::SmallDisk(std::filesystem::path folder, std::int64_t bytes)
    : folder_{std::move(folder)} {
    std::filesystem::create_directories(folder_);
    auto const size = fmt::format("size={}", bytes);
    is_there_ = ::unshare(CLONE_NEWNS) == 0 &&
                ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                ::mount("none", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

SmallDisk::~SmallDisk() {
    filler_ = {};
    if (is_there_) {
        ::umount2(folder_.c_str(), MNT_DETACH);
    }
}

std::int64_t SmallDisk::free_bytes() const {
    struct statvfs status {};

    ::statvfs(folder_.c_str(), &status);
    return static_cast<std::int64_t>(status.f_bavail * status.f_bsize);
}

void SmallDisk::fill() {
    filler_ = std::jthread{[this](std::stop_token const& stop) {
        int const file = ::open(ballast().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        std::int64_t bytes = 0;
        while (!stop.stop_requested()) {
            auto const more = free_bytes() - kLeft_bytes;
            // A writer may be quicker; then it is as full as can be all the same.
            if (more > 0 && ::posix_fallocate(file, bytes, more) == 0) {
                bytes += more;
            }
            ::usleep(kBetween_us);
        }
        ::close(file);
    }};
    while (free_bytes() > 2 * kLeft_bytes) {
        ::usleep(kBetween_us);
    }
}

void SmallDisk::empty() {
    filler_ = {};
    std::filesystem::remove(ballast());
}

} // namespace stemlathe::test
