#pragma once

#include <cstdint>
#include <span>

namespace stemlathe {

/// The lag in -max_lag..max_lag at which |sum over n of a[n] * b[n + lag]| is highest: b lags a by
/// it, whatever its polarity. Ties go to the smallest. Zeros are assumed outside both.
[[nodiscard]] std::int64_t
best_lag(std::span<float const> a, std::span<float const> b, std::int64_t max_lag);

} // namespace stemlathe
