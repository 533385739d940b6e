#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace stemlathe::reference {

/// K-weighting by its definition: the tables of ITU-R BS.1770-5 Annex 1 for 48 kHz; for any other
/// rate both filters go to the analogue plane by the bilinear transform and back at that rate, the
/// axis stretched so that each keeps its own frequency. Levels are untouched on the way. float64,
/// sample by sample, direct form I.
class KFilter {
  public:
    explicit KFilter(double rate_hz) {
        shelf_ = moved(kShelf, rate_hz);
        pass_ = moved(kPass, rate_hz);
    }

    double operator()(double x) {
        return pass_(shelf_(x));
    }

  private:
    struct Section {
        std::array<double, 3> b{};
        std::array<double, 3> a{};
        std::array<double, 2> x{};
        std::array<double, 2> y{};

        double operator()(double in) {
            double const out =
                (b[0] * in + b[1] * x[0] + b[2] * x[1] - a[1] * y[0] - a[2] * y[1]) / a[0];
            x = {in, x[0]};
            y = {out, y[0]};
            return out;
        }
    };

    static constexpr double kTableRate_hz = 48'000.0;
    static constexpr std::array<double, 6> kShelf{
        1.53512485958697,
        -2.69169618940638,
        1.19839281085285,
        1.0,
        -1.69065929318241,
        0.73248077421585};
    static constexpr std::array<double, 6> kPass{
        1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621};

    /// p0 + p1 / z + p2 / z^2 with z = (1 + s) / (1 - s), as a polynomial in s times (1 + s)^2.
    static std::array<double, 3> to_analogue(double p0, double p1, double p2) {
        return {p0 + p1 + p2, 2.0 * (p0 - p2), p0 - p1 + p2};
    }

    /// Where a frequency lies on the analogue axis of a rate.
    static double place(double hz, double rate_hz) {
        return std::tan(std::numbers::pi * hz / rate_hz);
    }

    /// The section at another rate; the shelf's 1682 Hz or the high-pass's 38 Hz stay where they
    /// are.
    static Section moved(std::array<double, 6> const& table, double rate_hz) {
        bool const is_pass = table[1] == -2.0;
        double const fixed_hz = is_pass ? 38.13547087602444 : 1681.974450955533;
        double const stretch = place(fixed_hz, kTableRate_hz) / place(fixed_hz, rate_hz);
        auto const back = [&](std::array<double, 3> s) {
            double const s1 = s[1] * stretch;
            double const s2 = s[2] * stretch * stretch;
            return std::array<double, 3>{s[0] + s1 + s2, 2.0 * (s[0] - s2), s[0] - s1 + s2};
        };
        return {
            .b = back(to_analogue(table[0], table[1], table[2])),
            .a = back(to_analogue(table[3], table[4], table[5])),
            .x = {},
            .y = {}};
    }

    Section shelf_;
    Section pass_;
};

/// Mean square of both channels, added, of frames [first, end) of a song that is filtered from its
/// beginning.
inline std::vector<double>
energies(std::vector<float> const& song, double rate_hz, int hop_ms, bool weighted) {
    std::array<KFilter, 2> filters{KFilter{rate_hz}, KFilter{rate_hz}};
    std::vector<double> out;
    double sum = 0.0;
    std::size_t frames = 0;
    for (std::size_t n = 0; n < song.size() / 2; ++n) {
        for (std::size_t channel = 0; channel < 2; ++channel) {
            double const x = song[2 * n + channel];
            double const y = weighted ? filters[channel](x) : x;
            sum += y * y;
        }
        ++frames;
        auto const end =
            std::llround(static_cast<double>(out.size() + 1) * hop_ms * rate_hz / 1000.0);
        if (static_cast<std::int64_t>(n) + 1 == end) {
            out.push_back(sum / static_cast<double>(frames));
            sum = 0.0;
            frames = 0;
        }
    }
    return out;
}

/// Integrated loudness, LUFS, of 100 ms energies: BS.1770-5 Annex 1 eq. 3 to 7, in their notation.
inline double integrated_lufs(std::vector<double> const& hops) {
    std::vector<double> z;
    for (std::size_t j = 0; j + 4 <= hops.size(); ++j) {
        z.push_back((hops[j] + hops[j + 1] + hops[j + 2] + hops[j + 3]) / 4.0);
    }
    auto const l = [](double power) {
        return -0.691 + 10.0 * std::log10(power);
    };
    auto const gated = [&](double gate) {
        double sum = 0.0;
        double count = 0.0;
        for (double const power : z) {
            if (l(power) > gate) {
                sum += power;
                count += 1.0;
            }
        }
        return l(sum / count);
    };
    return gated(std::fmax(-70.0, gated(-70.0) - 10.0));
}

} // namespace stemlathe::reference
