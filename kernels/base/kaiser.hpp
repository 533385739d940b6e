#pragma once

namespace stemlathe {

/// The Kaiser window, 1 in its middle.
/// @param place  -1 to 1 from edge to edge; beyond, its value at the edge
/// Source: Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", Proc.
/// IEEE ISCAS 1974, eq. 1.
[[nodiscard]] double kaiser_window(double place, double beta);

} // namespace stemlathe
