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

/// Direct form I; what waits for the latest output comes last, since every sample waits for it.
KFilter::Pair KFilter::filter(Section const& section, Pair x, Last const& in, Last const& out) {
    Pair const ahead = (section.b[0] * x + section.b[1] * in.latest) + section.b[2] * in.before;
    return (ahead - section.a[1] * out.before) - section.a[0] * out.latest;
}

template <std::size_t kChannelCount>
double KFilter::energy_of(std::span<double const> samples) {
    auto const shelf = shelf_; // copies stay in registers
    auto const pass = pass_;
    auto in = in_;
    auto between = between_;
    auto out = out_;
    Pair sum{};
    for (std::size_t i = 0; i < samples.size(); i += kChannelCount) {
        Pair const x{samples[i], kChannelCount == 2 ? samples[i + 1] : 0.0};
        Pair const y = filter(shelf, x, in, between);
        Pair const z = filter(pass, y, between, out);
        in = {.latest = x, .before = in.latest};
        between = {.latest = y, .before = between.latest};
        out = {.latest = z, .before = out.latest};
        sum += z * z;
    }
    in_ = in;
    between_ = between;
    out_ = out;
    return sum[0] + sum[1];
}

double KFilter::energy(std::span<double const> samples) {
    return channels_ == 1 ? energy_of<1>(samples) : energy_of<2>(samples);
}

} // namespace stemlathe
