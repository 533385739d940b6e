#pragma once

#include <string>

namespace stemlathe::service {

struct ExecutorSettings {
    std::string device = "auto"; ///< as `--device`
    int threads = 1;
};

/// The exit status after a fault that only a new process recovers from.
inline constexpr int kExecutorFault = 70;

/// The descriptor on which an executor finds its supervisor.
inline constexpr int kExecutorSocket = 3;

/// Renders job after job until the supervisor closes the socket or dies. It says, one JSON object a
/// line:
///   {"ready": {"backend", "device", "name", "reason"}}          once, or
///   {"unusable": {"code", "message", ...}}                      and ends with 1
///   {"job", "progress": {"stage", "percent"}}                   at most four a second
///   {"alive": true}                                             every second
///   {"job", "done": {...}} or {"job", "failed": {"code", ...}}  one for each order
/// and hears orders (order.hpp) and {"cancel": "<job>"}. After a fault of the device it says so and
/// ends with kExecutorFault.
/// @returns the process's exit status
[[nodiscard]] int run_executor(ExecutorSettings const& settings, int socket);

} // namespace stemlathe::service
