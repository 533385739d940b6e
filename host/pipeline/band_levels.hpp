#pragma once

#include "host/model/plan.hpp"
#include "kernels/backend.hpp"

#include <memory>
#include <span>
#include <vector>

namespace stemlathe {

/// Levels of the bus in the bands of the automatic multiband, measured while it passes.
class BandLevels {
  public:
    BandLevels(int rate_hz, Backend& backend);

    void process(AudioView view);

    /// One flat energy track (100 ms) per band, lowest first.
    [[nodiscard]] std::vector<EnergyTrack> finish();

  private:
    void measure(std::span<AudioView const> bands);

    std::unique_ptr<SplitStage> split_;
    std::vector<std::unique_ptr<EnergyMeter>> meters_;
};

/// A gentle bus compression from the bands' own level distribution: each threshold lies at the 85th
/// percentile of the band's short-term level, the ratio between 1.5 and 2 so that loud sections are
/// reduced by 1 to 3 dB and hardly a moment by more than 4; attack and release per band as
/// mastering engineers set them; make-up 0.7 of the mean reduction. Bands with next to no signal
/// are left alone; a song with none is not compressed at all ("off"). All numbers have one decimal.
[[nodiscard]] Choice<MultibandPlan> automatic_multiband(std::span<EnergyTrack const> bands);

} // namespace stemlathe
