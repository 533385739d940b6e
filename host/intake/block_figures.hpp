#pragma once

#include "host/intake/block_check.hpp"

#include <span>

namespace stemlathe {

/// The figures of one channel.
[[nodiscard]] ChannelBlock figures_of(std::span<float const> samples);

/// Sum of (left - right)^2; exactly 0 where both are equal.
[[nodiscard]] double difference_energy(std::span<float const> left, std::span<float const> right);

} // namespace stemlathe
