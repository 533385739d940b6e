#pragma once

#include "kernels/base/audio.hpp"

#include <vector>

namespace stemlathe {

enum class Weighting { k, flat };

struct EnergySettings {
    int rate_hz = 48'000; ///< 8000 .. 384'000
    Weighting weighting = Weighting::k;
    int hop_ms = 100;         ///< 1 .. 1000
    bool per_channel = false; ///< fill EnergyTrack::left, right and product too
};

/// Energy over time, one value per whole hop; of an incomplete last hop only the peak is kept.
/// Where a hop is not a whole number of frames, hop h begins at the frame nearest to its time. `k`
/// is the K-weighting of ITU-R BS.1770-5 Annex 1, level-corrected to be the same at every rate.
struct EnergyTrack {
    int hop_ms = 100;
    std::vector<double> mean_square{}; ///< [hops] weighted, both channels added
    std::vector<float> peak{};         ///< [hops] largest |sample|, never weighted
    /// With per_channel: [hops] unweighted mean of l*l, r*r and l*r.
    std::vector<double> left{};
    std::vector<double> right{};
    std::vector<double> product{};
};

/// Takes audio and gives its energies. Bit-identical for every segment size: each hop stands alone,
/// its filter begins at rest 100 ms before it (by then what came earlier is under -200 dB).
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
/// short-term at 100 ms). Before the first full window the missing hops count as silence.
/// Source: EBU Tech 3341 section 2.2.
[[nodiscard]] std::vector<double> sliding_lufs(EnergyTrack const& track, int window_hops);

} // namespace stemlathe
