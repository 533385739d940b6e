#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/resample/resample.hpp"

#include <cmath>

namespace stemlathe::resample {

/// Input frame and phase of output frame n.
struct Moment {
    std::int64_t base = 0;
    std::int64_t phase = 0;
};

STEMLATHE_HD Moment
moment_of(std::int64_t output_frame, std::int64_t phases, std::int64_t advance) noexcept {
    auto const time = output_frame * advance; // in units of 1 / phases input frames
    return {time / phases, time % phases};
}

/// One tap. The first half of the taps is summed from the front, the second half from the back, and
/// the two sums are added last: so the large taps in the middle come last, and the rounding errors
/// of float32 stay small (about -150 dB instead of -140).
STEMLATHE_HD float tap(float coefficient, float sample, float sum) noexcept {
    return fmaf(coefficient, sample, sum);
}

} // namespace stemlathe::resample
