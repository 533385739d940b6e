#pragma once

#include "host/intake/stem_check.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe {

/// A few samples of a stem, one of each 1,024 frames, by which its likeness to others is known:
/// some 200 bytes per second.
class StemPrint {
  public:
    void process(StemFrames const& frames);

    /// Pearson's correlation with another stem's, -1 to 1; 0 where the two cannot be compared or
    /// there is too little sound.
    [[nodiscard]] double likeness(StemPrint const& other) const;

  private:
    std::int64_t first_ = -1;      ///< which print the first sample is
    std::vector<float> middles_{}; ///< (left + right) / 2
};

} // namespace stemlathe
