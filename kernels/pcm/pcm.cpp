#include "kernels/pcm/pcm.hpp"

#include "kernels/base/failure.hpp"

#include <cmath>
#include <string>

namespace stemlathe {

void check_settings(UnpackSettings const& settings) {
    if (settings.channels < 1 || settings.channels > kChannels) {
        throw Failure{
            Code::invalid_plan,
            "audio with " + std::to_string(settings.channels) +
                " channels cannot be unpacked; it must have 1 or 2"};
    }
    if (bytes_per_sample(settings.format) == 0) {
        throw Failure{Code::invalid_plan, "the sample format of the audio is not known"};
    }
}

Failure not_a_number(std::int64_t frame, float left, float right) {
    bool const on_left = !std::isfinite(left);
    float const value = on_left ? left : right;
    return Failure{
        Code::not_a_number,
        std::string{on_left ? (std::isfinite(right) ? "the left" : "each") : "the right"} +
            " sample of frame " + std::to_string(frame) + " is " +
            (std::isnan(value) ? "not a number (NaN)" : "infinite or beyond float32") +
            "; export the audio again"};
}

} // namespace stemlathe
