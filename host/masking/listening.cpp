#include "host/masking/listening.hpp"

#include <algorithm>

namespace stemlathe {

double
calibration_db_spl(Listening const& listening, std::optional<double> mix_integrated_lufs) noexcept {
    constexpr double kHalf_db = 3.0103;
    constexpr double kProgramme_lufs = -23.0;
    constexpr double kMost_db_spl = 160.0; // of ExcitationSettings
    double const level = listening.spl_at_full_scale_db.value_or(
        Listening::kPlayback_db_spl - mix_integrated_lufs.value_or(kProgramme_lufs)
    );
    return std::clamp(level + kHalf_db, 0.0, kMost_db_spl);
}

} // namespace stemlathe
