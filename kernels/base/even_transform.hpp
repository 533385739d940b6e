#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// Discrete Fourier transform of a real sequence that is even around index 0, of which `half` holds
/// the elements 0 .. size / 2: the result is real and even too, and comes in the same form. Applied
/// twice it multiplies by `size`. In float64, for designing filters.
///   X[k] = sum over n = 0 .. size - 1 of x[n] cos(2 pi k n / size),  size = 2 (half.size() - 1)
/// @param half  a power of two, 4 or more, plus one
[[nodiscard]] std::vector<double> even_transform(std::span<double const> half);

} // namespace stemlathe
