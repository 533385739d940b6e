#pragma once

namespace stemlathe {

/// Sum of 1..64 inputs, in order of the inputs. The result lies within inputs * 2^-24 * sum|input|
/// of the exact sum.
struct MixSettings {
    int inputs = 1;
};

} // namespace stemlathe
