#include "host/loudness/k_filter.hpp"

#include <cmath>
#include <numbers>

namespace stemlathe {

/// (b[0] s^2 + b[1] s + b[2]) / (s^2 + s / q + 1), with s relative to `hz`.
struct KFilter::Analogue {
    double hz = 0.0;
    double q = 0.0;
    std::array<double, 3> b{};
};

KFilter::KFilter(int rate_hz, int channels) : channels_(channels) {
    // The values behind tables 1 and 2 of the standard, which they give to the last digit. The
    // high-pass of table 2 lies 0.04 dB above unit gain; kept in the analogue filter, the level is
    // the same at every rate.
    constexpr double kShelfQ = 0.7071752369554196;
    constexpr double kShelfHigh = 1.5848647011308556;   // 4.0 dB
    constexpr double kShelfMiddle = 1.2587209302325617; // 2.0 dB
    constexpr double kPassGain = 1.0049948987146884;
    Analogue const shelf{
        .hz = 1681.974450955533, .q = kShelfQ, .b = {kShelfHigh, kShelfMiddle / kShelfQ, 1.0}};
    Analogue const pass{
        .hz = 38.13547087602444, .q = 0.5003270373238773, .b = {kPassGain, 0.0, 0.0}};
    shelf_ = at_rate(shelf, rate_hz);
    pass_ = at_rate(pass, rate_hz);
}

KFilter::Section KFilter::at_rate(Analogue const& filter, int rate_hz) {
    // s = (1 - w) / (1 + w) / k with w = 1 / z: the bilinear transform, exact at filter.hz.
    double const k = std::tan(std::numbers::pi * filter.hz / rate_hz);
    auto const transform = [k](double s2, double s1, double s0) {
        return std::array<double, 3>{
            s2 + s1 * k + s0 * k * k, 2.0 * (s0 * k * k - s2), s2 - s1 * k + s0 * k * k};
    };
    auto const above = transform(filter.b[0], filter.b[1], filter.b[2]);
    auto const below = transform(1.0, 1.0 / filter.q, 1.0);
    return {
        .b = {above[0] / below[0], above[1] / below[0], above[2] / below[0]},
        .a = {below[1] / below[0], below[2] / below[0]}};
}

template <std::size_t kCount>
double KFilter::energy_of(std::span<double const> samples) {
    auto const shelf = shelf_; // copies stay in registers
    auto const pass = pass_;
    auto memory = memory_;
    std::array<double, kCount> sum{};
    for (std::size_t i = 0; i < samples.size(); i += kCount) {
        for (std::size_t c = 0; c < kCount; ++c) { // transposed direct form II
            double const x = samples[i + c];
            auto& m = memory[c];
            double const y = shelf.b[0] * x + m.shelf[0];
            m.shelf[0] = (shelf.b[1] * x + m.shelf[1]) - shelf.a[0] * y;
            m.shelf[1] = shelf.b[2] * x - shelf.a[1] * y;
            double const z = pass.b[0] * y + m.pass[0];
            m.pass[0] = (pass.b[1] * y + m.pass[1]) - pass.a[0] * z;
            m.pass[1] = pass.b[2] * y - pass.a[1] * z;
            sum[c] += z * z;
        }
    }
    memory_ = memory;
    double total = 0.0;
    for (double const value : sum) {
        total += value;
    }
    return total;
}

double KFilter::energy(std::span<double const> samples) {
    return channels_ == 1 ? energy_of<1>(samples) : energy_of<2>(samples);
}

} // namespace stemlathe
