#include "host/pipeline/room.hpp"

#include "host/model/profile.hpp"
#include "host/pipeline/delivery_files.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

namespace stemlathe {

namespace {

/// Reports, manifest and folders.
constexpr std::int64_t kReport_bytes = 8LL << 20U;
constexpr std::int64_t kFrame_bytes = kChannels * sizeof(float);

std::int64_t
delivered_bytes(MasteringPlan const& plan, Session const& session, Window const& window) {
    std::int64_t bytes = kReport_bytes;
    for (auto const& delivery : plan.delivery) {
        bool const has_versions = !profile_of(delivery).is_stems;
        auto const files = 1 + (has_versions ? static_cast<std::int64_t>(plan.version.size()) : 0);
        bytes += files * expected_bytes(delivery, session, window);
    }
    return bytes;
}

/// The songs that lie in scratch at once: the bus before and after its multiband, or the latter
/// with its conversions and the vinyl chain's result; each version's mix, and one more while it is
/// worked on.
std::int64_t scratch_bytes(
    MasteringPlan const& plan, Session const& session, Window const& window, Backend const& backend
) {
    std::set<int> rates{session.rate_hz};
    std::int64_t cuts = 0;
    for (auto const& delivery : plan.delivery) {
        rates.insert(*delivery.sample_rate_hz);
        cuts += shapes_bus(delivery) ? 1 : 0;
    }
    std::int64_t frames = window.frames;
    for (int const rate_hz : rates) {
        if (rate_hz != session.rate_hz) {
            frames +=
                resampled_frames(window.frames, {.from_hz = session.rate_hz, .to_hz = rate_hz});
        }
    }
    frames = std::max(frames + cuts * window.frames, 2 * window.frames);
    if (!plan.version.empty()) {
        auto const versions = static_cast<std::int64_t>(plan.version.size());
        frames += (versions + 1 + cuts) * window.frames;
    }
    return window.frames > backend.info().memory_frames ? frames * kFrame_bytes : 0;
}

void require(std::filesystem::path const& folder, std::int64_t bytes, std::string_view option) {
    std::error_code error;
    auto const space = std::filesystem::space(folder, error);
    if (error || space.available >= static_cast<std::uintmax_t>(bytes)) {
        return; // where the system does not tell, writing will
    }
    throw Failure{
        Code::storage_full,
        fmt::format(
            "{} has {} MiB free and this job needs about {} MiB there; free some space or name "
            "another place with {}",
            folder.string(),
            space.available >> 20U,
            (bytes >> 20) + 1,
            option
        )}
        .about_file(folder.string());
}

bool share_a_disk(std::filesystem::path const& a, std::filesystem::path const& b) {
    struct stat of_a {};

    struct stat of_b {};

    return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 &&
           of_a.st_dev == of_b.st_dev;
}

} // namespace

void require_room(
    std::filesystem::path const& out,
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    Backend const& backend,
    Run const& run
) {
    auto const scratch = run.scratch_directory.empty() ? std::filesystem::temp_directory_path()
                                                       : run.scratch_directory;
    auto const delivered = delivered_bytes(plan, session, window);
    auto const in_between = scratch_bytes(plan, session, window, backend);
    if (in_between > 0) {
        bool const together = share_a_disk(out, scratch);
        require(scratch, in_between + (together ? delivered : 0), "--scratch");
    }
    require(out, delivered, "--out");
}

} // namespace stemlathe
