#pragma once

#include "host/comments/named_bands.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace stemlathe {

/// Powers of one stem in a short time, at the louder ear each; excitation summed over a part of the
/// spectrum.
struct BandPowers {
    double total = 0.0;
    std::array<double, kNamedBandCount> bands{};
    double voiced = 0.0;
};

/// Levels of one stem over a stretch of time.
struct StretchLevels {
    float total_db = 0.0F;                              ///< of the mean power
    std::array<float, kNamedBandCount> over_total_db{}; ///< a band's mean power over all
    float sibilance_db = 0.0F; ///< the loudest 100 ms at 5 to 9 kHz over those at 1 to 4 kHz
};

/// Mean powers over time of one stem.
class Stretch {
  public:
    /// One hop more; `plays`: the stem is there, well over the threshold in quiet.
    void add(BandPowers const& powers, bool plays) noexcept;

    /// All hops of another stretch; its means may be the loudest of this one.
    void add(Stretch const& other) noexcept;

    [[nodiscard]] StretchLevels levels() const noexcept;
    [[nodiscard]] double sibilant_db() const noexcept; ///< mean at 5 to 9 kHz
    [[nodiscard]] double voiced_db() const noexcept;   ///< 1 to 4 kHz, loudest that was added
    [[nodiscard]] double total() const noexcept;       ///< mean power
    [[nodiscard]] double power(std::size_t band) const noexcept; ///< mean of a named band

    [[nodiscard]] bool plays() const noexcept {
        return plays_;
    }

    [[nodiscard]] bool is_empty() const noexcept {
        return hops_ == 0;
    }

  private:
    BandPowers sums_;
    double loudest_sibilant_ = 0.0; ///< mean power of any stretch that was added
    double loudest_voiced_ = 0.0;
    std::int64_t hops_ = 0;
    bool plays_ = false;
};

} // namespace stemlathe
