#pragma once

#include "kernels/base/audio.hpp"

#include <vector>

namespace stemlathe {

enum class Weighting { k, flat };

struct EnergySettings {
    int rate_hz = 48'000;
    Weighting weighting = Weighting::k;
    int hop_ms = 100;
};

/// Energy over time: for each whole hop the mean square of both channels, added. `k` is the
/// K-weighting of ITU-R BS.1770-5 Annex 1, level-corrected to be the same at every rate.
struct EnergyTrack {
    int hop_ms = 100;
    std::vector<double> mean_square; ///< [hops]; an incomplete last hop is left out
    std::vector<float> peak;         ///< [hops] largest |sample|
};

/// Takes audio and gives its energies.
class EnergyMeter {
  public:
    EnergyMeter() = default;
    EnergyMeter(EnergyMeter const&) = delete;
    EnergyMeter& operator=(EnergyMeter const&) = delete;
    virtual ~EnergyMeter() = default;

    virtual void process(AudioView input) = 0;
    [[nodiscard]] virtual EnergyTrack finish() = 0;
};

/// Gated integrated loudness of a K-weighted track with 100 ms hops after a gain, LUFS; kSilence_db
/// where no block passes the gate. Source: ITU-R BS.1770-5 Annex 1, eq. 2 to 7.
[[nodiscard]] double integrated_lufs(EnergyTrack const& track, double gain_db = 0.0);

/// Ungated loudness over `window_hops` hops ending at each hop, LUFS (4 = momentary, 30 =
/// short-term at 100 ms).
[[nodiscard]] std::vector<double> sliding_lufs(EnergyTrack const& track, int window_hops);

} // namespace stemlathe
