#include "service/cli/common_options.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>

namespace stemlathe::service {

namespace {

constexpr int kThreadsMax = 1024;
/// Longer than any session, short enough that sums of two cannot overflow.
constexpr std::int64_t kWholeSong = std::int64_t{1} << 40;
constexpr double kMoment_s_max = 6.0 * 3600.0;

} // namespace

void CommonOptions::declare_small(Arguments& arguments) {
    arguments.flag("--json", json);
    arguments.flag("--quiet", quiet);
    arguments.option("--threads", threads);
}

void CommonOptions::declare(Arguments& arguments) {
    declare_small(arguments);
    arguments.option("--device", device);
    arguments.option("--segment-frames", segment_frames);
    arguments.option("--scratch", scratch);
    arguments.option("--from", from);
    arguments.option("--to", to);
}

int CommonOptions::thread_count() const {
    auto const asked = whole_of("--threads", threads, 1, kThreadsMax);
    auto const machine = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return asked ? static_cast<int>(*asked) : machine;
}

std::int64_t CommonOptions::segment() const {
    if (segment_frames == "all") {
        return kWholeSong;
    }
    auto const asked = whole_of("--segment-frames", segment_frames, 1, kWholeSong);
    return asked.value_or(0);
}

std::optional<PreviewRange> CommonOptions::preview() const {
    auto const first = number_of("--from", from, 0.0, kMoment_s_max, "s");
    auto const last = number_of("--to", to, 0.0, kMoment_s_max, "s");
    if (!first && !last) {
        return std::nullopt;
    }
    PreviewRange const range{.from_s = first.value_or(0.0), .to_s = last.value_or(kMoment_s_max)};
    if (range.to_s <= range.from_s) {
        refuse_value("--to", to, "later than --from (" + from + " s)");
    }
    return range;
}

std::unique_ptr<Backend> CommonOptions::open_backend() const {
    return stemlathe::open_backend(parse_backend_choice(device));
}

void CommonOptions::apply_to(Run& run) const {
    std::error_code error;
    if (!scratch.empty() && !std::filesystem::is_directory(scratch, error)) {
        refuse_value("--scratch", scratch, "a folder that exists");
    }
    run.scratch_directory = scratch;
    run.segment_frames = segment();
}

} // namespace stemlathe::service
