#pragma once

namespace stemlathe {

enum class Detector { peak, rms };
enum class Ballistics { smooth_decoupled, branching };

/// Downward compressor, feed-forward, ballistics on the gain reduction in dB after the gain
/// computer. Source: Giannoulis, Massberg & Reiss, JAES 60(6), 2012: eq. 4 (gain computer), eq. 17
/// (smooth decoupled), eq. 16 (smooth branching).
struct DynamicsSettings {
    int rate_hz = 48'000;
    double threshold_db = 0.0; ///< -80 .. 0
    double ratio = 1.0;        ///< 1 .. 100; 1 with makeup 0 is the identity
    double knee_db = 6.0;      ///< 0 .. 24, full width
    double attack_ms = 15.0;   ///< 0.05 .. 500, 63.2 %
    double release_ms = 120.0; ///< 1 .. 5000, 63.2 %; smooth decoupled adds about the attack time
    double makeup_db = 0.0;    ///< -24 .. 24
    Detector detector = Detector::rms;
    double rms_ms =
        10.0; ///< one-pole window of the RMS detector, sine-calibrated: 10 log10(2 rms^2)
    Ballistics ballistics = Ballistics::smooth_decoupled;
    double link = 1.0;         ///< 0 channels act alone .. 1 both follow the louder one
    bool external_key = false; ///< the level comes from the stage's second input
};

} // namespace stemlathe
