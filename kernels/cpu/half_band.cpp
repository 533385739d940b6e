#include "kernels/cpu/half_band.hpp"

#include "kernels/base/kaiser.hpp"
#include "kernels/cpu/simd.hpp"

#include <cmath>
#include <numbers>

namespace stemlathe::cpu {

namespace {

constexpr double kAttenuation_db = 150.0;
constexpr double kBeta = 0.1102 * (kAttenuation_db - 8.7);
constexpr double kHalfWidth_frames = 34.0;

} // namespace

HalfBand::HalfBand() {
    for (std::size_t pair = 0; pair < kPairs; ++pair) {
        double const frames = 2.0 * static_cast<double>(pair) + 1.0;
        double const angle = std::numbers::pi * frames;
        double const window = kaiser_window(frames / kHalfWidth_frames, kBeta);
        taps_[pair] = static_cast<float>(std::sin(angle / 2.0) / angle * window);
    }
}

void HalfBand::halve(float const* frames, std::int64_t count, float* odd, float* out) const {
    constexpr std::int64_t kPairs_frames = kPairs; // odd frames to either side of an output
    auto const* const first_odd = frames - kChannels * kReach_frames;
    for (std::int64_t i = 0; i < count + kReach_frames; ++i) {
        odd[2 * i] = first_odd[4 * i];
        odd[2 * i + 1] = first_odd[4 * i + 1];
    }
    for (std::int64_t i = 0; i < count; ++i) { // the centre taps, one half each
        out[2 * i] = 0.5F * frames[4 * i];
        out[2 * i + 1] = 0.5F * frames[4 * i + 1];
    }
    for (std::int64_t at = 0; at < kChannels * count; at += Floats::kLanes) {
        auto sum = Floats::load(out + at);
        auto const* const before = odd + at + kChannels * (kPairs_frames - 1);
        auto const* const after = odd + at + kChannels * kPairs_frames;
        for (std::size_t pair = 0; pair < kPairs; ++pair) {
            auto const distance = kChannels * static_cast<std::int64_t>(pair);
            auto const both = Floats::load(before - distance) + Floats::load(after + distance);
            sum = fma(Floats::all(taps_[pair]), both, sum);
        }
        sum.store(out + at);
    }
}

} // namespace stemlathe::cpu
