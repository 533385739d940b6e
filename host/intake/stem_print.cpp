#include "host/intake/stem_print.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace stemlathe {

namespace {

constexpr std::int64_t kSpacingFrames = 1024;
constexpr std::size_t kSoundingLeast = 100; ///< samples that are not zero

/// The frame of a print: anywhere in its stretch, for at equal distances two tones that mirror each
/// other about a multiple of 47 Hz would be one. The bits are scrambled as by Steele, Lea & Flood,
/// "Fast splittable pseudorandom number generators" (OOPSLA 2014), section 4.
std::int64_t frame_of(std::int64_t print) {
    auto bits = static_cast<std::uint64_t>(print) * 0x9E37'79B9'7F4A'7C15ULL;
    bits = (bits ^ (bits >> 30U)) * 0xBF58'476D'1CE4'E5B9ULL;
    bits = (bits ^ (bits >> 27U)) * 0x94D0'49BB'1331'11EBULL;
    bits ^= bits >> 31U;
    return print * kSpacingFrames + static_cast<std::int64_t>(bits % kSpacingFrames);
}

} // namespace

void StemPrint::process(StemFrames const& frames) {
    auto const end = frames.first_frame + std::ssize(frames.left);
    auto print = frames.first_frame / kSpacingFrames;
    print += frame_of(print) < frames.first_frame ? 1 : 0;
    for (; frame_of(print) < end; ++print) {
        if (first_ < 0) {
            first_ = print;
        }
        auto const at = static_cast<std::size_t>(frame_of(print) - frames.first_frame);
        auto const& right = frames.right.empty() ? frames.left : frames.right;
        middles_.push_back(0.5F * (frames.left[at] + right[at]));
    }
}

double StemPrint::likeness(StemPrint const& other) const {
    if (first_ != other.first_) {
        return 0.0;
    }
    double own = 0.0;
    double others = 0.0;
    double both = 0.0;
    std::size_t sounding = 0;
    auto const count = std::min(middles_.size(), other.middles_.size());
    for (std::size_t i = 0; i < count; ++i) {
        double const a = static_cast<double>(middles_[i]);
        double const b = static_cast<double>(other.middles_[i]);
        own += a * a;
        others += b * b;
        both += a * b;
        sounding += a != 0.0 && b != 0.0 ? 1 : 0;
    }
    double const scale = std::sqrt(own * others);
    return sounding >= kSoundingLeast && scale > 0.0 ? both / scale : 0.0;
}

} // namespace stemlathe
