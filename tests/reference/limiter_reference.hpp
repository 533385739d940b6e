#pragma once

#include "tests/reference/true_peak_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

// The limiter as its documentation describes it, frame by frame in float64 and without any search
// that leaves frames out. Shares nothing with the product.

namespace stemlathe::reference {

struct Limiter {
    double rate_hz = 48'000;
    double drive = 1;   ///< linear
    double ceiling = 1; ///< linear
    double trim = 1;    ///< linear
    double lookahead_s = 0.003;
    double fast_s = 0.08;
    double slow_s = 0.5;

    struct Result {
        std::vector<double> audio; ///< interleaved stereo
        std::vector<double> gain;  ///< per frame, drive and trim left out
    };

    [[nodiscard]] Result run(std::vector<float> const& audio) const {
        constexpr std::int64_t kStep = 8;
        auto const frames = static_cast<std::int64_t>(audio.size()) / 2;
        auto const groups = (frames + kStep - 1) / kStep;
        auto const reach =
            static_cast<std::int64_t>(std::max(1.0, std::round(lookahead_s * rate_hz / (2 * kStep)))
            );
        auto const margin = 2 * reach + 4;
        auto const at = [margin](std::int64_t j) {
            return static_cast<std::size_t>(j + margin);
        };
        auto const peaks = peaks_between_frames(audio);
        std::vector<double> depth(at(groups + margin), 0.0);
        for (std::int64_t j = -1; j < groups; ++j) {
            double peak = 0.0;
            for (std::int64_t n = j * kStep; n < (j + 1) * kStep; ++n) {
                peak = std::max(peak, peaks[static_cast<std::size_t>(n + 16)]);
            }
            auto const end = static_cast<std::size_t>((j + 1) * kStep);
            if (2 * end < audio.size()) {
                peak = std::max({peak, magnitude(audio[2 * end]), magnitude(audio[2 * end + 1])});
            }
            depth[at(j)] = std::max(0.0, 1.0 - ceiling / std::max(drive * peak, 1e-30));
        }
        auto const smooth = smoothed(released(held(depth, reach)), reach);
        Result result;
        for (std::int64_t n = 0; n < frames; ++n) {
            double const part = static_cast<double>(n % kStep) / kStep;
            double const gain =
                1.0 - (1.0 - part) * smooth[at(n / kStep)] - part * smooth[at(n / kStep + 1)];
            result.gain.push_back(gain);
            for (std::int64_t c = 0; c < 2; ++c) {
                double const x = audio[static_cast<std::size_t>(2 * n + c)];
                result.audio.push_back(trim * gain * drive * x);
            }
        }
        return result;
    }

    /// Largest value of the 4x grid in each 64 frames.
    [[nodiscard]] static std::vector<float> screen(std::vector<float> const& audio) {
        auto const peaks = peaks_between_frames(audio, 4);
        auto const frames = audio.size() / 2;
        std::vector<float> result((frames + 63) / 64, 0.0F);
        for (std::size_t n = 0; n < frames; ++n) {
            result[n / 64] = std::max(result[n / 64], static_cast<float>(peaks[n + 16]));
        }
        return result;
    }

  private:
    static double magnitude(float x) {
        return std::abs(static_cast<double>(x));
    }

    /// Highest of `points` points from frame n up to n + 1, index n + 16.
    static std::vector<double>
    peaks_between_frames(std::vector<float> const& audio, int points = 16) {
        constexpr int kHalf = 16;
        auto const frames = static_cast<std::int64_t>(audio.size()) / 2;
        std::vector<double> peaks(static_cast<std::size_t>(frames + 3 * kHalf), 0.0);
        for (int phase = 0; phase < points; ++phase) {
            std::vector<double> taps;
            double sum = 0.0;
            for (int k = 1 - kHalf; k <= kHalf; ++k) {
                double const t = k - static_cast<double>(phase) / points;
                double const window = bessel_i0(5.0 * std::sqrt(1.0 - t * t / (kHalf * kHalf)));
                double const angle = std::acos(-1.0) * t;
                taps.push_back(window * (t == 0.0 ? 1.0 : std::sin(angle) / angle));
                sum += taps.back();
            }
            for (std::int64_t n = -kHalf; n < frames; ++n) {
                for (std::int64_t c = 0; c < 2; ++c) {
                    double value = 0.0;
                    for (std::int64_t k = 0; k < 2 * kHalf; ++k) {
                        auto const frame = n + 1 - kHalf + k;
                        if (frame >= 0 && frame < frames) {
                            value += taps[static_cast<std::size_t>(k)] / sum *
                                     audio[static_cast<std::size_t>(2 * frame + c)];
                        }
                    }
                    auto& peak = peaks[static_cast<std::size_t>(n + kHalf)];
                    peak = std::max(peak, std::abs(value));
                }
            }
        }
        return peaks;
    }

    static std::vector<double> held(std::vector<double> const& depth, std::int64_t reach) {
        std::vector<double> result(depth.size(), 0.0);
        auto const count = static_cast<std::int64_t>(depth.size());
        for (std::int64_t j = 0; j < count; ++j) {
            for (auto i = std::max<std::int64_t>(j - 1 - reach, 0);
                 i <= std::min(j + reach, count - 1);
                 ++i) {
                auto& most = result[static_cast<std::size_t>(j)];
                most = std::max(most, depth[static_cast<std::size_t>(i)]);
            }
        }
        return result;
    }

    [[nodiscard]] std::vector<double> released(std::vector<double> const& held) const {
        double const fast_keep = std::exp(-8.0 / (fast_s * rate_hz));
        double const slow_keep = std::exp(-8.0 / (slow_s * rate_hz));
        double fast = 0.0;
        double slow = 0.0;
        std::vector<double> result;
        for (double const wanted : held) {
            fast = std::max(wanted, fast_keep * fast + (1.0 - fast_keep) * wanted);
            slow = slow_keep * slow + (1.0 - slow_keep) * fast;
            result.push_back(std::max(fast, slow));
        }
        return result;
    }

    /// Three running means in a row.
    static std::vector<double> smoothed(std::vector<double> values, std::int64_t reach) {
        auto const first = std::llround(0.4041 * 2.0 * static_cast<double>(reach));
        auto const second = std::llround(0.3349 * 2.0 * static_cast<double>(reach));
        for (auto const width : {first, second, 2 * reach - first - second}) {
            double const share = 1.0 / static_cast<double>(width + 1);
            std::vector<double> means(values.size(), 0.0);
            for (std::size_t j = 0; j < values.size(); ++j) {
                for (std::int64_t k = 0; k <= width; ++k) {
                    auto const i = static_cast<std::int64_t>(j) - k;
                    means[j] += i >= 0 ? values[static_cast<std::size_t>(i)] * share : 0.0;
                }
            }
            values = means;
        }
        // Each mean looked back; together they are late by `reach`.
        values.erase(values.begin(), values.begin() + reach);
        return values;
    }
};

} // namespace stemlathe::reference
