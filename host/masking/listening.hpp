#pragma once

#include "kernels/masking/masking.hpp"

#include <optional>

namespace stemlathe {

/// How loud, and where, the analysis takes the mix to be heard.
struct Listening {
    /// The loudness that the mix has at the listener unless told otherwise, dB SPL.
    static constexpr double kPlayback_db_spl = 78.0;

    MaskingProfile profile = MaskingProfile::music;
    Field field = Field::diffuse;
    /// Level of a full-scale sine at an ear, dB SPL; in place of kPlayback_db_spl.
    std::optional<double> spl_at_full_scale_db = std::nullopt;
};

/// dB SPL at an ear whose channel has a mean square of 1.0. A centred source of the mix's
/// integrated loudness has kPlayback_db_spl at each ear: ITU-R BS.1770 adds the powers of both
/// channels, of which each is 3.01 dB less. Silence is taken to be as loud as EBU R 128 asks.
[[nodiscard]] double
calibration_db_spl(Listening const& listening, std::optional<double> mix_integrated_lufs) noexcept;

} // namespace stemlathe
