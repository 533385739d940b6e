#include "host/vinyl/stereo_filter.hpp"

#include <cmath>
#include <complex>
#include <numbers>

namespace stemlathe {

namespace {

/// Q of the two pole pairs of a fourth-order Butterworth: 1 / (2 cos(pi/8)), 1 / (2 cos(3 pi/8)).
constexpr std::array<double, 2> kButterworthQ{0.541196100146197, 1.306562964876377};

enum class Pass { low, high };

std::vector<StereoFilter::Section> pass_sections(Pass pass, double hz, int rate_hz) {
    double const w = 2.0 * std::numbers::pi * hz / rate_hz;
    double const cosine = std::cos(w);
    std::vector<StereoFilter::Section> sections;
    for (double const q : kButterworthQ) {
        double const alpha = std::sin(w) / (2.0 * q);
        double const a0 = 1.0 + alpha;
        double const edge = (pass == Pass::low ? 1.0 - cosine : 1.0 + cosine) / (2.0 * a0);
        double const middle = pass == Pass::low ? 2.0 * edge : -2.0 * edge;
        sections.push_back(
            {.b = {edge, middle, edge}, .a = {-2.0 * cosine / a0, (1.0 - alpha) / a0}}
        );
    }
    return sections;
}

} // namespace

StereoFilter::StereoFilter(std::vector<Section> const& sections) {
    for (auto const& section : sections) {
        stages_.push_back({.section = section});
    }
}

double StereoFilter::magnitude(double hz, int rate_hz) const {
    auto const back = std::polar(1.0, -2.0 * std::numbers::pi * hz / rate_hz);
    double gain = 1.0;
    for (auto const& stage : stages_) {
        auto const& [b, a] = stage.section;
        gain *=
            std::abs((b[0] + back * (b[1] + back * b[2])) / (1.0 + back * (a[0] + back * a[1])));
    }
    return gain;
}

std::vector<StereoFilter::Section> low_pass_sections(double hz, int rate_hz) {
    return pass_sections(Pass::low, hz, rate_hz);
}

std::vector<StereoFilter::Section> high_pass_sections(double hz, int rate_hz) {
    return pass_sections(Pass::high, hz, rate_hz);
}

std::vector<StereoFilter::Section> band_sections(double low_hz, double high_hz, int rate_hz) {
    auto sections = high_pass_sections(low_hz, rate_hz);
    if (high_hz < 0.45 * rate_hz) {
        for (auto const& section : low_pass_sections(high_hz, rate_hz)) {
            sections.push_back(section);
        }
    }
    return sections;
}

} // namespace stemlathe
