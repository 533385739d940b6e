#pragma once

#include <cstdint>

namespace stemlathe {

/// Of programs that did not count it yet.
inline constexpr std::int64_t kFirstEngine = 1;

/// Counts how often the sound has changed: raised by one whenever the same stems and plan, on the
/// same backend and device, may come out with other bytes than before. What only changes speed,
/// reports or files beside the audio does not raise it. A session keeps the engine that its first
/// revision was made with, as long as somebody runs it (service/jobs/README.md).
[[nodiscard]] std::int64_t engine_generation() noexcept;

} // namespace stemlathe
