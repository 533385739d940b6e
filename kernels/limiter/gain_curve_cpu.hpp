#pragma once

#include "kernels/limiter/limiter_math.hpp"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace stemlathe::cpu {

/// From depths to smooth depths at the control points, chunk by chunk: hold, release, smoothing.
class GainCurve {
  public:
    explicit GainCurve(limiter::Plan const& plan);

    /// Smooth depth at control points 0 .. kControls of a chunk, the last one being the next
    /// chunk's first.
    using Smooth = std::array<double, limiter::kControls + 1>;

    /// @param depths  of the next chunk, counted from chunk -1
    /// @returns the chunk before the last one's, 0 everywhere where nothing is limited; valid until
    /// the next call
    [[nodiscard]] Smooth const& advance(std::span<float const> depths);

    [[nodiscard]] bool is_quiet() const noexcept {
        return is_quiet_;
    }

  private:
    void hold();
    void release();
    void smooth();

    static constexpr auto kControls = static_cast<std::size_t>(limiter::kControls);

    std::size_t reach_;
    OnePole fast_;
    OnePole slow_;
    std::vector<double> weights_;
    double fast_state_ = 0.0;
    double slow_state_ = 0.0;
    bool is_quiet_ = true;
    /// Each of chunks n - 2, n - 1 and n, where n is the last one known.
    alignas(64) std::array<float, 3 * kControls> depths_{};
    alignas(64) std::array<float, 3 * kControls> released_{};
    Smooth smooth_{};
};

} // namespace stemlathe::cpu
