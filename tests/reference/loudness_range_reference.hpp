#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace stemlathe::reference {

/// One second-order section of BS.1770's filter, direct form I.
struct Biquad48 {
    std::array<double, 3> b{};
    std::array<double, 2> a{}; ///< a1, a2

    [[nodiscard]] std::vector<double> operator()(std::vector<double> const& x) const {
        std::vector<double> y(x.size());
        for (std::size_t n = 0; n < x.size(); ++n) {
            y[n] = b[0] * x[n];
            y[n] += n >= 1 ? b[1] * x[n - 1] - a[0] * y[n - 1] : 0.0;
            y[n] += n >= 2 ? b[2] * x[n - 2] - a[1] * y[n - 2] : 0.0;
        }
        return y;
    }
};

/// Power of one channel's K-weighted signal, per sample; 48 kHz, the coefficients of ITU-R
/// BS.1770-5 Annex 1 tables 1 and 2.
inline std::vector<double> weighted_power_48k(std::vector<float> const& song, std::size_t channel) {
    constexpr Biquad48 kShelf{
        {1.53512485958697, -2.69169618940638, 1.19839281085285},
        {-1.69065929318241, 0.73248077421585}};
    constexpr Biquad48 kHighPass{{1.0, -2.0, 1.0}, {-1.99004745483398, 0.99007225036621}};
    std::vector<double> x(song.size() / 2);
    for (std::size_t n = 0; n < x.size(); ++n) {
        x[n] = static_cast<double>(song[2 * n + channel]);
    }
    auto y = kHighPass(kShelf(x));
    std::ranges::transform(y, y.begin(), [](double v) { return v * v; });
    return y;
}

/// Loudness range, LU, of an interleaved stereo song at 48 kHz: short-term loudness over 3 s, ten
/// times a second, gates at -70 LUFS and 20 LU below what passes that, from the 10th to the 95th
/// percentile; a file is followed by 1.5 s of silence, so that its end counts as much as its
/// middle. EBU Tech 3342 (2023) section 3, straight from its text; -1 where nothing passes.
inline double loudness_range_48k(std::vector<float> song) {
    constexpr std::size_t kWindow = 144'000;
    constexpr std::size_t kTail = 72'000;
    song.resize(song.size() + 2 * kTail);
    constexpr std::size_t kHop = 4'800;
    auto const lufs = [](double power) {
        return -0.691 + 10.0 * std::log10(power);
    };
    auto const left = weighted_power_48k(song, 0);
    auto const right = weighted_power_48k(song, 1);
    std::vector<double> powers;
    for (std::size_t start = 0; start + kWindow <= left.size(); start += kHop) {
        double sum = 0.0;
        for (std::size_t n = start; n < start + kWindow; ++n) {
            sum += left[n] + right[n];
        }
        if (sum > 0.0 && lufs(sum / kWindow) >= -70.0) {
            powers.push_back(sum / kWindow);
        }
    }
    double mean = 0.0;
    for (double const power : powers) {
        mean += power / static_cast<double>(powers.size());
    }
    std::vector<double> loud;
    for (double const power : powers) {
        if (lufs(power) >= lufs(mean) - 20.0) {
            loud.push_back(lufs(power));
        }
    }
    if (loud.empty()) {
        return -1.0;
    }
    std::ranges::sort(loud);
    auto const percentile = [&](double share) {
        return loud[static_cast<std::size_t>(
            std::round(static_cast<double>(loud.size() - 1) * share)
        )];
    };
    return percentile(0.95) - percentile(0.10);
}

} // namespace stemlathe::reference
