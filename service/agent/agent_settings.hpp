#pragma once

#include "service/agent/device_health.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace stemlathe::service {

/// How a worker works; the defaults are the reference's. Tests take a short lease.
struct AgentSettings {
    using Ms = std::chrono::milliseconds;

    std::string id{}; ///< of this worker, as leases name their owner
    std::string host{};
    std::string version{};
    std::int64_t engine = 1;                  ///< host/engine_generation.hpp
    std::vector<std::string> devices{"auto"}; ///< an executor for each
    int threads = 1;                          ///< of each executor
    /// What is started, with `--device` and `--threads` behind it.
    std::vector<std::string> program{"/proc/self/exe", "executor"};
    /// For what executors put aside; empty: beside what they make, in the blob store's workshop.
    std::filesystem::path scratch{};

    /// Told when an executor broke and will be replaced. From any thread.
    std::function<void(std::string const& device)> executor_broke{};

    Ms lease{30'000};       ///< whose owner is not heard of for so long has lost it
    Ms heartbeat{5'000};    ///< between two signs of life
    Ms progress{1'000};     ///< the same where there is progress to tell
    Ms cancel_look{300};    ///< between two looks whether the job is cancelled
    Ms cancel_grace{600};   ///< an executor that does not stop by then is killed
    Ms silence{20'000};     ///< an executor that says nothing for so long is killed (stopped, hung)
    Ms stall{600'000};      ///< and one whose job gets no further for so long
    Ms start{60'000};       ///< an executor has so long to open its device
    Ms restart{1'000};      ///< before a new executor after one that broke; doubles each time
    Ms restart_most{4'000}; ///< at most so long
    Ms idle{1'000};         ///< between two looks for work that nobody announced
    Ms engine_wait{180'000}; ///< for another engine's workers to come back, before its jobs are
                             ///< taken
    Ms reap{2'000};          ///< between two looks for leases that ran out
    Ms drain{90'000};        ///< running jobs may finish for so long, then they are given back
    HealthRules health{};    ///< of cards
};

} // namespace stemlathe::service
