#pragma once

#include <memory>
#include <vector>

namespace stemlathe {

/// Look-ahead true-peak limiter at the delivered rate: out = trim * gain reduction * drive * in.
/// Hold (sliding minimum over the look-ahead), program-dependent release, then smoothing by stacked
/// boxes with non-negative weights of sum 1, so the gain never exceeds what any frame needs (proof
/// in masking-and-dynamics 5.5; Hamalainen, DAFx 2002; Signalsmith Audio, limiter design).
///
/// With an external key the gain is the one that the key needs, frame for frame and bit for bit, so
/// that parts of a mix which are keyed by it still add up to it, limited; a part's own peaks may
/// then pass the ceiling.
struct LimiterSettings {
    int rate_hz = 48'000;
    double drive_db = 0.0;
    double ceiling_dbtp = -1.1;    ///< internal ceiling, 0.1 dB under the limit that is promised
    double trim_db = 0.0;          ///< after limiting, -0.25 .. 0
    double lookahead_ms = 3.0;     ///< 0.5 .. 10
    double fast_release_ms = 80.0; ///< two values: program-dependent release between them
    double slow_release_ms = 500.0;
    /// TruePeakReading::screen of the whole input (of the key, where there is one); blocks that it
    /// clears are not searched for peaks.
    std::shared_ptr<std::vector<float> const> screen{};
    bool external_key = false; ///< the gain is that of the stage's second input
};

} // namespace stemlathe
