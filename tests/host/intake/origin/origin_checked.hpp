#pragma once

#include "tests/host/intake/checked.hpp"

namespace stemlathe::test {

using MakeStemCheck = std::unique_ptr<StemCheck> (*)(Stem const&);

/// What one check says of a stereo signal, told in pieces of several sizes: EXPECTs that it says
/// the same each time. @param mono  only the left channel is told
[[nodiscard]] std::vector<Finding>
findings_of(MakeStemCheck make, Stem const& stem, Signal const& signal, bool mono = false);

/// stem_of at another rate.
[[nodiscard]] Stem stem_at(int rate_hz, Signal const& signal);

} // namespace stemlathe::test
