#include "service/doctor/checks.hpp"
#include "service/store/sqlite/file_system.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace stemlathe::service {

namespace {

constexpr double kGB = 1e9;
constexpr std::int64_t kSpaceWanted = std::int64_t{20} << 30U; ///< what the store keeps free
constexpr std::int64_t kSpaceNeeded = std::int64_t{1} << 30U;
constexpr std::int64_t kPercentWanted = 10;
constexpr int kSyncs = 15;
constexpr double kSyncSlow_ms = 30.0;
constexpr double kSyncTooFast_ms = 0.02; ///< no storage that keeps its word is so quick

/// The folder itself, or the nearest one above it that is there: it would be made inside.
std::filesystem::path existing(std::filesystem::path folder) {
    std::error_code error;
    folder = std::filesystem::absolute(folder, error);
    while (!std::filesystem::exists(folder, error) && folder.has_relative_path()) {
        folder = folder.parent_path();
    }
    return folder;
}

std::string why(int error) {
    return std::generic_category().message(error);
}

/// A file that is gone with this object.
class ProbeFile {
  public:
    explicit ProbeFile(std::filesystem::path const& folder)
        : path_((folder / ".stemlathe-doctor-XXXXXX").string()),
          descriptor_(::mkostemp(path_.data(), O_CLOEXEC)),
          error_(errno) {}

    ProbeFile(ProbeFile const&) = delete;
    ProbeFile& operator=(ProbeFile const&) = delete;

    ~ProbeFile() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
            ::unlink(path_.c_str());
        }
    }

    [[nodiscard]] int descriptor() const noexcept {
        return descriptor_;
    }

    [[nodiscard]] int error() const noexcept {
        return error_;
    }

  private:
    std::string path_;
    int descriptor_;
    int error_;
};

} // namespace

Check judge_file_system(std::uint32_t type, std::string const& folder) {
    if (auto const network = network_file_system(type); !network.empty()) {
        return {
            .verdict = Verdict::fail,
            .message = fmt::format(
                "{} lies on {}, where the database's locks cannot be trusted; give --data a folder "
                "on a disk of this machine (audio may lie on shared storage: [blobs] dir)",
                folder,
                network
            )};
    }
    if (type == TMPFS_MAGIC || type == RAMFS_MAGIC) {
        return {
            .verdict = Verdict::warn,
            .message = fmt::format(
                "{} lies in memory (tmpfs): everything is lost when the machine restarts; give "
                "--data a folder on a disk",
                folder
            )};
    }
    if (type == OVERLAYFS_SUPER_MAGIC) {
        return {
            .verdict = Verdict::warn,
            .message = fmt::format(
                "{} lies in a container's own layer (overlayfs): everything is lost with the "
                "container; mount a volume and give its folder to --data",
                folder
            )};
    }
    return {.message = fmt::format("{} can be used", folder)};
}

Check check_data_folder(std::filesystem::path const& data) {
    auto const folder = existing(data);
    if (!std::filesystem::is_directory(folder)) {
        return {
            .verdict = Verdict::fail,
            .message = fmt::format("{} is no folder; give --data one", folder.string())};
    }
    ProbeFile const probe{folder};
    if (probe.descriptor() < 0) {
        return {
            .verdict = Verdict::fail,
            .message = fmt::format(
                "nothing can be written in {}: {}; make it writable for this user, or give --data "
                "another folder",
                folder.string(),
                why(probe.error())
            )};
    }

    struct statfs info {};

    if (::statfs(folder.c_str(), &info) != 0) {
        return {
            .verdict = Verdict::fail,
            .message = fmt::format("{} cannot be asked: {}", folder.string(), why(errno))};
    }
    auto check = judge_file_system(static_cast<std::uint32_t>(info.f_type), data.string());
    if (check.verdict == Verdict::ok && folder != std::filesystem::absolute(data)) {
        check.message = fmt::format("{} is not there yet and can be made", data.string());
    }
    return check;
}

Check judge_free_space(std::int64_t free_bytes, std::int64_t all_bytes) {
    auto const wanted = std::max(kSpaceWanted, all_bytes * kPercentWanted / 100);
    auto const text = fmt::format("{:.1f} GB free", static_cast<double>(free_bytes) / kGB);
    if (free_bytes < kSpaceNeeded) {
        return {
            .verdict = Verdict::fail,
            .message = text + ": a single session may take more; make room, or give --data a "
                              "larger disk"};
    }
    if (free_bytes < wanted) {
        return {
            .verdict = Verdict::warn,
            .message = fmt::format(
                "{}: the service keeps {:.1f} GB of this disk free and answers uploads with 507 "
                "below that; make room, or give --data a larger disk",
                text,
                static_cast<double>(wanted) / kGB
            )};
    }
    return {.message = text};
}

Check check_free_space(std::filesystem::path const& data) {
    auto const folder = existing(data);

    struct statvfs info {};

    if (::statvfs(folder.c_str(), &info) != 0) {
        return {
            .verdict = Verdict::fail,
            .message = fmt::format("{} cannot be asked: {}", folder.string(), why(errno))};
    }
    auto const block = static_cast<std::int64_t>(info.f_frsize);
    return judge_free_space(
        static_cast<std::int64_t>(info.f_bavail) * block,
        static_cast<std::int64_t>(info.f_blocks) * block
    );
}

Check judge_sync(double median_ms) {
    auto const text = fmt::format("a small write is on the disk in {:.2f} ms (median)", median_ms);
    if (median_ms > kSyncSlow_ms) {
        return {
            .verdict = Verdict::warn,
            .message = text + ": every change waits for that, so the service will be slow; put "
                              "--data on an SSD"};
    }
    if (median_ms < kSyncTooFast_ms) {
        return {
            .verdict = Verdict::warn,
            .message = text + ": no disk is so quick, so this storage does not wait for it and a "
                              "power cut may lose what was acknowledged; put --data on a disk that "
                              "does"};
    }
    return {.message = text};
}

Check check_sync(std::filesystem::path const& data) {
    ProbeFile const probe{existing(data)};
    std::array<char, 4096> const block{};
    std::array<double, kSyncs> times_ms{};
    for (auto& time_ms : times_ms) {
        auto const start = std::chrono::steady_clock::now();
        bool const is_written = ::pwrite(probe.descriptor(), block.data(), block.size(), 0) ==
                                    static_cast<ssize_t>(block.size()) &&
                                ::fdatasync(probe.descriptor()) == 0;
        if (!is_written) {
            return {
                .verdict = Verdict::fail,
                .message = fmt::format(
                    "a small write cannot be brought to the disk: {}; see the data folder's line",
                    why(errno)
                )};
        }
        time_ms =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count();
    }
    std::ranges::nth_element(times_ms, times_ms.begin() + kSyncs / 2);
    return judge_sync(times_ms[kSyncs / 2]);
}

} // namespace stemlathe::service
