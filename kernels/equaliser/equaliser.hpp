#pragma once

#include <vector>

namespace stemlathe {

enum class EqualiserType { bell, low_shelf, high_shelf, high_pass, low_pass, notch, tilt, curve };

struct CurvePoint {
    double hz = 1000.0;
    double gain_db = 0.0;

    friend bool operator==(CurvePoint const&, CurvePoint const&) = default;
};

/// One band. Magnitudes are those of the analogue prototypes of the RBJ Audio EQ Cookbook, Q as
/// there; all linear phase. Passes of `slope_db_oct` s are Butterworth of order s/6 (even orders; 6
/// is first order).
struct EqualiserBand {
    EqualiserType type = EqualiserType::bell;
    double hz = 1000.0;   ///< 10 .. Nyquist; corner of passes and shelves, pivot of a tilt
    double gain_db = 0.0; ///< -24 .. 24; a tilt's total rise from 20 Hz to 20 kHz: a straight line
                          ///< in dB over log frequency between them, level outside
    double q = 0.7071;    ///< 0.1 .. 30
    double slope_db_oct = 12.0;     ///< 6 .. 48 in steps of 6, passes only
    std::vector<CurvePoint> points; ///< curve only: 1..64 strictly rising, straight lines in dB
                                    ///< over log frequency between them, level outside

    friend bool operator==(EqualiserBand const&, EqualiserBand const&) = default;
};

struct EqualiserSettings {
    int rate_hz = 48'000;
    std::vector<EqualiserBand> bands; ///< 0..64; none is the identity
};

/// The linear-phase FIR that realises the bands: centred taps h[-half..half], even symmetry.
struct FirDesign {
    std::vector<float> taps{}; ///< odd count below `length`
    int length = 0; ///< the power of two that the taps fit in: 4096..65536 times the rate family
    double error_db =
        0.0; ///< worst magnitude error from 20 Hz to 0.45 rate where the target is > -60 dB
};

/// @throws Failure{invalid_plan} a rate, a band or their number is out of range
void require_valid(EqualiserSettings const& settings);

/// Whether no band changes anything: there is none, or all have a gain of 0 dB. Passes and notches
/// always do.
[[nodiscard]] bool is_identity(std::vector<EqualiserBand> const& bands) noexcept;

/// Product of the bands' magnitudes at `hz`, linear.
[[nodiscard]] double magnitude(std::vector<EqualiserBand> const& bands, double hz);

/// Chooses the smallest power of two from 4096 to 65536 (at 44.1/48 kHz, doubled per rate family)
/// whose magnitude error is at most 0.1 dB; the longest where none reaches it. The flanks of a
/// notch are such a case: its bottom is a kink, which no finite filter has.
/// @throws Failure{invalid_plan} a value is out of range
[[nodiscard]] FirDesign design_fir(EqualiserSettings const& settings);

/// y = x + w(t) (Hx - x): a band that is there only while the key is loud in it. H is the band's
/// linear-phase filter; w follows the key (the stage's second input), band-passed around `band.hz`
/// with the band's Q, as RMS over 10 ms in dBFS: w's aim rises linearly from 0 at threshold - 3 dB
/// to 1 at threshold + 3 dB, smoothed with the attack and release times (63.2 %; falling adds about
/// the attack's). Without a second input the audio is its own key; a key that ends before the audio
/// is silence from there.
struct DynamicBandSettings {
    int rate_hz = 48'000;
    EqualiserBand band;
    double threshold_db = -30.0; ///< dBFS RMS of the key in the band, sine-calibrated
    double attack_ms = 8.0;      ///< 0.1 .. 500
    double release_ms = 120.0;   ///< 1 .. 5000
};

} // namespace stemlathe
