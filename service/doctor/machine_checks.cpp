#include "kernels/backend.hpp"
#include "service/doctor/checks.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <fstream>
#include <optional>

namespace stemlathe::service {

namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
/// Five stems of three minutes take about 1.5 GiB with the masking analysis; an hour of them more.
constexpr double kMemoryWanted_gib = 4.0;
constexpr double kMemoryNeeded_gib = 1.5;

/// A control group's limit (cgroup v2), where this process is in one.
std::optional<std::int64_t> memory_limit() {
    std::ifstream file{"/sys/fs/cgroup/memory.max"};
    std::int64_t bytes = 0;
    return file >> bytes ? std::optional{bytes} : std::nullopt; // "max": none
}

/// Processors that a control group leaves, as a part of one maybe.
std::optional<double> processor_limit() {
    std::ifstream file{"/sys/fs/cgroup/cpu.max"};
    double quota_us = 0.0;
    double period_us = 0.0;
    return file >> quota_us >> period_us && period_us > 0.0 ? std::optional{quota_us / period_us}
                                                            : std::nullopt;
}

Check device_check(DeviceReport const& device) {
    auto const name = device.name.empty() ? std::string{} : " (" + device.name + ")";
    return {
        .name = device.backend == "cpu" ? "processor" : "card",
        .verdict = Verdict::ok,
        .message = fmt::format(
            "{}{}: {}", device.identity, name, device.usable ? "usable" : device.reason
        )};
}

} // namespace

std::vector<Check> check_devices() {
    std::vector<Check> checks;
    bool has_processor = false;
    for (auto const& device : list_devices()) {
        has_processor = has_processor || (device.backend == "cpu" && device.usable);
        checks.push_back(device_check(device));
    }
    std::ranges::stable_partition(checks, [](auto const& one) { return one.name == "processor"; });
    if (!has_processor) {
        checks.push_back(
            {.name = "processor",
             .verdict = Verdict::fail,
             .message = "no processor module can be used: the processor must have AVX2 and FMA "
                        "(x86-64-v3), and the modules must lie beside the program"}
        );
    }
    return checks;
}

Check check_threads() {
    cpu_set_t set;
    CPU_ZERO(&set);
    int count = 1;
    if (::sched_getaffinity(0, sizeof set, &set) == 0) {
        count = CPU_COUNT(&set);
    }
    auto const limit = processor_limit();
    if (limit && *limit < count) {
        return {
            .verdict = Verdict::warn,
            .message = fmt::format(
                "{} threads, but a control group leaves the time of {:.1f} processors; give the "
                "service --threads {:.0f}, or raise the limit (cpu.max)",
                count,
                *limit,
                std::max(1.0, *limit)
            )};
    }
    if (count == 1) {
        return {
            .verdict = Verdict::warn,
            .message = "1 thread: renders and the service share it; two or more keep the service "
                       "quick while something is rendered"};
    }
    return {.message = fmt::format("{} threads", count)};
}

Check judge_memory(std::int64_t bytes) {
    double const gib = static_cast<double>(bytes) / kGiB;
    if (gib < kMemoryNeeded_gib) {
        return {
            .verdict = Verdict::fail,
            .message = fmt::format(
                "{:.1f} GiB of memory: a song of five stems needs {} GiB, so most renders would "
                "fail; give the machine {} GiB",
                gib,
                kMemoryNeeded_gib,
                kMemoryWanted_gib
            )};
    }
    if (gib < kMemoryWanted_gib) {
        return {
            .verdict = Verdict::warn,
            .message = fmt::format(
                "{:.1f} GiB of memory: enough for a song at a time, not for long ones with many "
                "stems; {} GiB are",
                gib,
                kMemoryWanted_gib
            )};
    }
    return {.message = fmt::format("{:.1f} GiB of memory", gib)};
}

Check check_memory() {
    struct sysinfo info {};

    if (::sysinfo(&info) != 0) {
        return {
            .verdict = Verdict::warn, .message = "the system does not say how much memory it has"};
    }
    auto const machine =
        static_cast<std::int64_t>(info.totalram) * static_cast<std::int64_t>(info.mem_unit);
    return judge_memory(std::min(machine, memory_limit().value_or(machine)));
}

} // namespace stemlathe::service
