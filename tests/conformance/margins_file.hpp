#pragma once

#include "host/report/report.hpp"
#include "tests/support/signals.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace stemlathe::test {

/// A full-scale sine is 100 dB SPL at each ear, so that every level of the figures fits.
inline constexpr double kFullScale_db_spl = 100.0;

inline constexpr int kRate_hz = 48'000;

/// A tone on both ears.
[[nodiscard]] Signal tone_spl(double hz, double level_db_spl, double seconds);

/// White noise on both ears, the same on each, by its spectrum level in 1 Hz.
[[nodiscard]] Signal white_spl(double n0_db_spl, double seconds, std::uint64_t seed);

/// Noise of many sines 2 Hz apart on both ears, by its overall level.
[[nodiscard]] Signal band_spl(double low_hz, double high_hz, double level_db_spl, double seconds);

/// Pink noise on both ears, the same on each, by its overall level.
[[nodiscard]] Signal pink_spl(double level_db_spl, double seconds, std::uint64_t seed);

/// What `stemlathe analyze --margins` wrote, and its report.
class MarginsFile {
  public:
    explicit MarginsFile(std::filesystem::path const& path);

    [[nodiscard]] std::vector<double> const& bands_hz() const noexcept {
        return bands_hz_;
    }

    [[nodiscard]] std::size_t band_at(double hz) const;

    /// Mean over the frames of a stretch of a band's margin on an ear, dB.
    [[nodiscard]] double margin_db(
        std::string const& stem, std::size_t band, double from_s, double to_s, bool right = false
    ) const;

    /// The highest of these over all bands.
    [[nodiscard]] double peak_margin_db(std::string const& stem, double from_s, double to_s) const;

    /// Every margin of a stem, in order.
    [[nodiscard]] std::vector<double> all(std::string const& stem) const;

  private:
    struct Ear {
        std::vector<double> margins_db; ///< [frames][bands]
    };

    std::vector<double> times_s_;
    std::vector<double> bands_hz_;
    std::map<std::string, std::array<Ear, 2>> stems_;
};

} // namespace stemlathe::test
