#pragma once

namespace stemlathe {

inline constexpr int kMixInputsMax = 64;

/// Sum of 1..64 inputs, added in double and rounded once: it lies within 2^-24 |sum| + inputs *
/// 2^-52 * sum|input| of the exact sum, so within inputs * 2^-24 * sum|input| by far. Inputs may
/// arrive at different paces; one that ended counts as silence until the longest ends.
struct MixSettings {
    int inputs = 1;
};

/// @throws Failure{invalid_plan} for anything but 1..64 inputs
void check_settings(MixSettings const& settings);

} // namespace stemlathe
