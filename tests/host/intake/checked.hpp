#pragma once

#include "host/intake/block_check.hpp"
#include "host/intake/stem_check.hpp"
#include "tests/support/signals.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace stemlathe::test {

/// A stem of 24-bit PCM at 48 kHz with as many frames as `signal`.
[[nodiscard]] Stem stem_of(Signal const& signal);

/// The same, 32-bit floating point.
[[nodiscard]] Stem float_stem_of(Signal const& signal);

/// The signal as 16-bit or 24-bit PCM without dither holds it.
[[nodiscard]] Signal quantised(Signal signal, int bits);

/// The left channel becomes `gain` times the right one, and so on.
[[nodiscard]] Signal with_right(Signal signal, std::function<float(float)> const& right_of_left);

using MakeBlockCheck = std::unique_ptr<BlockCheck> (*)(Stem const&);

/// What one check says of a stereo signal, told in pieces of several sizes: EXPECTs that it says
/// the same each time. @param mono  only the left channel is told
[[nodiscard]] std::vector<Finding>
findings_of(MakeBlockCheck make, Stem const& stem, Signal const& signal, bool mono = false);

/// The finding with this code, if there is exactly one.
[[nodiscard]] std::optional<Finding>
finding_in(std::vector<Finding> const& findings, std::string_view code);

} // namespace stemlathe::test
