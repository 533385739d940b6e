#include "kernels/limiter/gain_curve_cpu.hpp"

#include "kernels/base/assert.hpp"
#include "kernels/cpu/lanes.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

bool is_zero(std::span<float const> values) {
    int nonzero = 0; // a sum of whole numbers, which may be taken in any order, so in vectors
    for (float const value : values) {
        nonzero += value != 0.0F ? 1 : 0;
    }
    return nonzero == 0;
}

} // namespace

GainCurve::GainCurve(limiter::Plan const& plan)
    : reach_(static_cast<std::size_t>(plan.reach)),
      fast_(plan.fast),
      slow_(plan.slow),
      weights_(plan.weights) {
    STEMLATHE_ASSERT(reach_ < kControls);
}

GainCurve::Smooth const& GainCurve::advance(std::span<float const> depths) {
    std::copy(depths_.begin() + kControls, depths_.end(), depths_.begin());
    std::ranges::copy(depths, depths_.end() - kControls);
    std::copy(released_.begin() + kControls, released_.end(), released_.begin());
    bool const nothing_to_hold = is_zero(depths_);
    if (nothing_to_hold && fast_state_ == 0.0 && slow_state_ == 0.0) {
        std::fill(released_.end() - kControls, released_.end(), 0.0F);
    } else {
        hold();
        release();
    }
    bool const was_quiet = is_quiet_;
    is_quiet_ = is_zero(released_);
    if (!is_quiet_) {
        smooth();
    } else if (!was_quiet) {
        smooth_.fill(0.0);
    }
    return smooth_;
}

/// The last chunk of released_ becomes what is held.
void GainCurve::hold() {
    // The highest of `window` values from `first` on, built from windows of powers of two.
    auto const window = 2 * reach_ + 2;
    auto const first = kControls - 1 - reach_;
    auto const count = kControls + window - 1;
    alignas(64) std::array<float, 3 * kControls> highest;
    std::copy_n(depths_.begin() + static_cast<std::ptrdiff_t>(first), count, highest.begin());
    std::size_t width = 1;
    for (; 2 * width <= window; width *= 2) {
        for (std::size_t i = 0; i + 2 * width <= count; ++i) {
            highest[i] = std::max(highest[i], highest[i + width]);
        }
    }
    auto* const held = released_.data() + 2 * kControls;
    for (std::size_t i = 0; i < kControls; ++i) {
        held[i] = std::max(highest[i], highest[i + window - width]);
    }
}

void GainCurve::release() {
    auto* const held = released_.data() + 2 * kControls;
    Rows<limiter::kLaneControls> rows;
    to_rows(held, rows);
    decouple<1>(
        fast_,
        slow_,
        &rows,
        &fast_state_,
        &slow_state_,
        [](WideDouble fast, WideDouble slow) { return larger(fast, slow); }
    );
    from_rows(rows, held);
    fast_state_ = at_chunk_boundary(fast_state_, limiter::kNegligibleDepth);
    slow_state_ = at_chunk_boundary(slow_state_, limiter::kNegligibleDepth);
}

void GainCurve::smooth() {
    smooth_.fill(0.0);
    for (std::size_t k = 0; k < weights_.size(); ++k) {
        auto const* const shifted = released_.data() + kControls + k - reach_;
        for (std::size_t j = 0; j < smooth_.size(); ++j) {
            smooth_[j] = __builtin_fma(weights_[k], static_cast<double>(shifted[j]), smooth_[j]);
        }
    }
}

} // namespace stemlathe::cpu
