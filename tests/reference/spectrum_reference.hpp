#pragma once

#include "tests/reference/power_spectrum_reference.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace stemlathe::reference {

/// A spectrum of several resolutions by its definition, float64: every ear, window and bin by
/// itself. Sizes are those of 44.1 and 48 kHz.
class CompositeSpectrum {
  public:
    explicit CompositeSpectrum(int rate_hz) : rate_hz_(rate_hz) {
        times_ = rate_hz > 96'000 ? 4 : rate_hz > 48'000 ? 2 : 1;
        for (int part = 0; part < kParts; ++part) {
            add_lines(part);
        }
    }

    /// A bin of a part's transforms and how it counts.
    struct Bin {
        int part = 0;
        int number = 0;
        double weight = 1.0;
    };

    struct Line {
        int part = 0;
        std::vector<Bin> bins{}; ///< its own, then those of the next part
        double hz = 0.0;         ///< mean of its own
    };

    [[nodiscard]] std::vector<Line> const& lines() const {
        return lines_;
    }

    [[nodiscard]] std::int64_t hop() const {
        return 512 * times_;
    }

    /// [hops][2][lines] of a whole interleaved song.
    [[nodiscard]] std::vector<double> powers(std::vector<float> const& song) const {
        std::vector<double> out;
        for_each_hop(song, [&](std::int64_t centre) {
            for (std::int64_t const ear : {0, 1}) {
                for (auto const& power : row(song, centre, ear, ear)) {
                    out.push_back(power.real());
                }
            }
        });
        return out;
    }

    /// Left times conjugate right, [hops][lines] of a whole interleaved song.
    [[nodiscard]] std::vector<std::complex<double>> cross(std::vector<float> const& song) const {
        std::vector<std::complex<double>> out;
        for_each_hop(song, [&](std::int64_t centre) {
            auto const products = row(song, centre, 0, 1);
            out.insert(out.end(), products.begin(), products.end());
        });
        return out;
    }

  private:
    static constexpr int kParts = 4;
    static constexpr double kEdges_hz[] = {20.0, 500.0, 1250.0, 4050.0, 15'000.0};

    [[nodiscard]] std::int64_t size_of(int part) const {
        return std::int64_t{4096 >> part} * times_;
    }

    [[nodiscard]] double spacing_hz(int part) const {
        return static_cast<double>(rate_hz_) / static_cast<double>(size_of(part));
    }

    /// A part has the first of its bins that is not below its edge to itself.
    [[nodiscard]] double begins_hz(int part) const {
        return std::ceil(kEdges_hz[part] / spacing_hz(part)) * spacing_hz(part);
    }

    [[nodiscard]] bool is_there(int part) const {
        return part < kParts && begins_hz(part) < rate_hz_ / 2.0;
    }

    /// How far a part has taken over from the one before, which it does over four of its bins.
    [[nodiscard]] double taken_over(int part, double hz) const {
        double const bins = (hz - begins_hz(part)) / spacing_hz(part);
        return std::clamp(1.0 + bins / 4.0, 0.0, 1.0);
    }

    void add_lines(int part) {
        if (!is_there(part)) {
            return;
        }
        bool const is_last = !is_there(part + 1);
        double const end_hz = is_last ? kEdges_hz[part + 1] : begins_hz(part + 1);
        double lowest = 0.0;
        for (int k = 1; k < size_of(part) / 2; ++k) {
            double const f = k * spacing_hz(part);
            double const in = part == 0 ? 1.0 : taken_over(part, f);
            double const out = is_last ? 1.0 : 1.0 - taken_over(part + 1, f);
            if (f < kEdges_hz[part]) {
                if (part > 0 && in > 0.0) {
                    lead_in({.part = part, .number = k, .weight = in});
                }
                continue;
            }
            if (f < end_hz - 1e-6) {
                add_own({.part = part, .number = k, .weight = out}, lowest);
            }
        }
    }

    /// A bin of the next part has the frequency of every other one of the part before.
    void lead_in(Bin const& bin) {
        for (auto& line : lines_) {
            auto const same = [&](Bin const& own) {
                return own.part == bin.part - 1 && own.number == 2 * bin.number;
            };
            if (std::ranges::any_of(line.bins, same)) {
                line.bins.push_back(bin);
            }
        }
    }

    void add_own(Bin const& bin, double& lowest) {
        double const f = bin.number * spacing_hz(bin.part);
        double const number = 21.366 * std::log10(1.0 + f * 4.368e-3);
        bool const joins =
            !lines_.empty() && lines_.back().part == bin.part && number - lowest < 0.1;
        if (!joins) {
            lines_.push_back({.part = bin.part});
            lowest = number;
        }
        auto& line = lines_.back();
        line.bins.push_back(bin);
        auto const count = static_cast<double>(line.bins.size());
        line.hz += (f - line.hz) / count; // the mean so far
    }

    template <typename Visit>
    void for_each_hop(std::vector<float> const& song, Visit const& visit) const {
        auto const frames = static_cast<std::int64_t>(song.size()) / 2;
        for (std::int64_t centre = 0; centre < frames; centre += hop()) {
            visit(centre);
        }
    }

    using Products = std::vector<std::complex<double>>;

    /// Of one channel with the conjugate of another, [lines].
    [[nodiscard]] Products
    row(std::vector<float> const& song, std::int64_t centre, std::int64_t a, std::int64_t b) const {
        std::vector<Products> spectra;
        for (int part = 0; part < kParts; ++part) {
            spectra.push_back(spectrum(song, centre, a, b, part));
        }
        Products out;
        for (auto const& line : lines_) {
            std::complex<double> sum = 0.0;
            for (auto const& bin : line.bins) {
                auto const& spectrum = spectra[static_cast<std::size_t>(bin.part)];
                sum += bin.weight * spectrum[static_cast<std::size_t>(bin.number)];
            }
            out.push_back(sum);
        }
        return out;
    }

    /// 2 A_k conj(B_k) / (N sum of w^2) for all k up to N / 2; of the shortest windows the mean of
    /// two.
    [[nodiscard]] Products spectrum(
        std::vector<float> const& song,
        std::int64_t centre,
        std::int64_t a,
        std::int64_t b,
        int part
    ) const {
        auto const n = size_of(part);
        if (part < kParts - 1) {
            return products(song, centre - n / 2, n, a, b);
        }
        auto mean = products(song, centre - n / 4 - n / 2, n, a, b);
        auto const later = products(song, centre + n / 4 - n / 2, n, a, b);
        for (std::size_t k = 0; k < mean.size(); ++k) {
            mean[k] = (mean[k] + later[k]) / 2.0;
        }
        return mean;
    }

    static Products products(
        std::vector<float> const& song,
        std::int64_t first,
        std::int64_t n,
        std::int64_t a,
        std::int64_t b
    ) {
        double squares = 0.0;
        for (std::int64_t i = 0; i < n; ++i) {
            squares += hann(i, n) * hann(i, n);
        }
        auto const of_a = transformed(song, first, n, a);
        auto const of_b = a == b ? of_a : transformed(song, first, n, b);
        Products out;
        for (std::size_t k = 0; k <= of_a.size() / 2; ++k) {
            out.push_back(2.0 * of_a[k] * std::conj(of_b[k]) / (static_cast<double>(n) * squares));
        }
        return out;
    }

    static double hann(std::int64_t i, std::int64_t n) {
        double const sine =
            std::sin(std::numbers::pi * static_cast<double>(i) / static_cast<double>(n));
        return sine * sine;
    }

    /// The windowed transform of one channel; what lies outside the song is silent.
    static std::vector<std::complex<double>> transformed(
        std::vector<float> const& song, std::int64_t first, std::int64_t n, std::int64_t channel
    ) {
        std::vector<std::complex<double>> x;
        for (std::int64_t i = 0; i < n; ++i) {
            auto const at = 2 * (first + i) + channel;
            bool const is_in_song = at >= 0 && at < static_cast<std::int64_t>(song.size());
            x.emplace_back(is_in_song ? hann(i, n) * song[static_cast<std::size_t>(at)] : 0.0);
        }
        return fourier_transform(x);
    }

    int rate_hz_;
    int times_ = 1;
    std::vector<Line> lines_{};
};

} // namespace stemlathe::reference
