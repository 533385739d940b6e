#pragma once

#include "host/masking/goals.hpp"
#include "host/report/report.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// When each stem plays: where its level over 100 ms is above -70 LUFS and within its goal's range
/// of what it exceeds for a twentieth of the time. What rings out below that is not missed when it
/// is covered.
class Activity {
  public:
    /// @param stems  with their `level_lufs`
    /// @param goals  [stems]
    Activity(std::span<StemReading const> stems, std::span<MaskingGoal const> goals);

    [[nodiscard]] bool plays(std::size_t stem, double time_s) const noexcept;

  private:
    std::vector<std::vector<std::uint8_t>> plays_; ///< [stem][100 ms]
};

} // namespace stemlathe
