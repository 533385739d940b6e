#include "kernels/regions/regions.hpp"

#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <string>

namespace stemlathe {

void require_valid(RegionSettings const& settings) {
    constexpr double kLeastGain_db = -96.0;
    constexpr double kMostGain_db = 24.0;
    constexpr std::int64_t kMostFrames = std::int64_t{1} << 40U; // sums of frames stay exact
    require_valid(EqualiserSettings{.rate_hz = settings.rate_hz, .bands = settings.bands});
    if (settings.start_frame < 0 || settings.end_frame <= settings.start_frame ||
        settings.end_frame > kMostFrames) {
        throw Failure{
            Code::invalid_plan,
            "a region goes from frame " + std::to_string(settings.start_frame) + " to frame " +
                std::to_string(settings.end_frame) +
                "; it must begin at 0 or later and end after it begins"};
    }
    if (settings.fade_frames < 0 || settings.fade_frames > kMostFrames) {
        throw Failure{
            Code::invalid_plan,
            "a region's fade is " + std::to_string(settings.fade_frames) +
                " frames long; it must be 0 or longer"};
    }
    bool const is_audible = settings.gain_db >= kLeastGain_db && settings.gain_db <= kMostGain_db;
    if (!is_audible && settings.gain_db != kSilence_db) {
        throw Failure{
            Code::invalid_plan,
            "a region's gain is " + std::to_string(settings.gain_db) +
                " dB; it must be from -96 to 24 dB"};
    }
}

} // namespace stemlathe
