#include "kernels/placement/placement.hpp"

#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <cmath>
#include <numbers>

namespace stemlathe {

StereoMatrix gain_matrix(double gain_db) noexcept {
    auto const gain = static_cast<float>(gain_from_db(gain_db)); // pow(10, 0) is exactly 1
    return {.ll = gain, .lr = 0.0F, .rl = 0.0F, .rr = gain};
}

StereoMatrix width_and_pan_matrix(double width, double pan) noexcept {
    // M = (L + R) / 2 and S = (L - R) / 2; L' = M + width S, R' = M - width S.
    double const near = (1.0 + width) / 2.0;
    double const across = (1.0 - width) / 2.0;
    // cos(pi / 2) is not exactly 0 in floating point; hard left and right are to be silent
    // opposite.
    double const far_gain =
        std::abs(pan) < 1.0 ? std::cos(std::numbers::pi / 2.0 * std::abs(pan)) : 0.0;
    double const left = pan > 0.0 ? far_gain : 1.0;
    double const right = pan < 0.0 ? far_gain : 1.0;
    return {
        .ll = static_cast<float>(left * near),
        .lr = static_cast<float>(left * across),
        .rl = static_cast<float>(right * across),
        .rr = static_cast<float>(right * near)};
}

StereoMatrix then(StereoMatrix const& first, StereoMatrix const& second) noexcept {
    auto const product = [](float a, float b, float c, float d) {
        return static_cast<float>(static_cast<double>(a) * b + static_cast<double>(c) * d);
    };
    return {
        .ll = product(second.ll, first.ll, second.lr, first.rl),
        .lr = product(second.ll, first.lr, second.lr, first.rr),
        .rl = product(second.rl, first.ll, second.rr, first.rl),
        .rr = product(second.rl, first.lr, second.rr, first.rr)};
}

void check_settings(StereoMatrix const& matrix) {
    for (float const factor : {matrix.ll, matrix.lr, matrix.rl, matrix.rr}) {
        if (!std::isfinite(factor)) {
            throw Failure{
                Code::invalid_plan,
                "a gain, width or pan is not a finite number; give numbers in their ranges"};
        }
    }
}

} // namespace stemlathe
