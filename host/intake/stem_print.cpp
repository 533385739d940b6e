#include "host/intake/stem_print.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stemlathe {

namespace {

constexpr std::int64_t kSpacingFrames = 1024;
constexpr std::size_t kSoundingLeast = 100; ///< samples that are not zero

} // namespace

void StemPrint::process(StemFrames const& frames) {
    auto const end = frames.first_frame + std::ssize(frames.left);
    auto print = (frames.first_frame + kSpacingFrames - 1) / kSpacingFrames;
    for (; print * kSpacingFrames < end; ++print) {
        if (first_ < 0) {
            first_ = print;
        }
        auto const at = static_cast<std::size_t>(print * kSpacingFrames - frames.first_frame);
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
