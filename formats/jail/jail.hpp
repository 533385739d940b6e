#pragma once

#include <cstdint>
#include <optional>
#include <string>

/// Private to formats/.
namespace stemlathe::formats {

struct JailLimits {
    std::int64_t memory_bytes = 512LL << 20U; ///< address space
    std::int64_t cpu_s = 1'200;
};

/// The descriptors a decoder has; all others are closed before it starts.
inline constexpr int kInputDescriptor = 3;  ///< the untrusted file, opened for reading
inline constexpr int kWindowDescriptor = 4; ///< the memory where audio is handed over
inline constexpr int kSocketDescriptor = 5; ///< to its parent

/// Locks this process, which must have one thread only, in for good: it may compute, read the
/// descriptors it has, write to kSocketDescriptor and end, and nothing else. Opening a file fails;
/// whatever else it tries kills it (SIGSYS).
/// - rlimits: memory, processor time, no file written, no new descriptor, no process, no core
/// - no new privileges, not traceable
/// - Landlock without a rule, where the kernel has it: a second wall around files, TCP and signals
/// - seccomp: the list of system calls in jail.cpp
/// @returns nothing once locked; else why one of the walls (Landlock apart) cannot be built, and
/// those before it stand
[[nodiscard]] std::optional<std::string> enter_jail(JailLimits const& limits);

} // namespace stemlathe::formats
