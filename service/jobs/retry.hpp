#pragma once

#include <cstdint>
#include <string_view>

/// When a job that failed is tried again.
namespace stemlathe::service {

/// The wait after shortage `n` (from 0): 5 s x 2^n, at most 2 minutes.
[[nodiscard]] std::int64_t shortage_wait_ms(std::int64_t n) noexcept;

/// True when `n` shortages have made it wait for half an hour: then it fails.
[[nodiscard]] bool is_too_short(std::int64_t n) noexcept;

/// The wait after attempt `attempt` (from 1) broke: 1 s x 4^(attempt - 1), +-50 % by the seed, so
/// that what broke together does not come back together.
[[nodiscard]] std::int64_t broken_wait_ms(std::int64_t attempt, std::uint64_t seed) noexcept;

/// A seed for one attempt of a job.
[[nodiscard]] std::uint64_t
attempt_seed(std::uint64_t seed, std::string_view job, std::int64_t fence) noexcept;

} // namespace stemlathe::service
