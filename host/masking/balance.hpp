#pragma once

#include "host/masking/stem_hop.hpp"
#include "kernels/backend.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// What processing must leave as it is: loudness of the stems and of their sum, its peaks, its
/// width, and the long-term spectra.
struct Balance {
    std::optional<double> integrated_lufs = std::nullopt; ///< of the sum
    std::vector<std::optional<double>> stem_lufs{};
    double peak_to_loudness_db = 0.0; ///< sample peak over integrated loudness
    double correlation = 1.0;
    std::vector<double> spectrum{};                  ///< [bands] mean power of the sum, both ears
    std::vector<std::vector<double>> stem_spectra{}; ///< [stems][bands]
    std::vector<double> stem_side_db{};              ///< [stems] left over right ear, by excitation
};

/// Measures it while the audio and its analysis pass by.
class BalanceMeter {
  public:
    BalanceMeter(std::size_t stems, std::size_t bands, int rate_hz, Backend& backend);

    /// The next frames of one stem. Different stems may come from different threads.
    void take_stem(std::size_t stem, AudioView view);
    /// The stems' next views, to be summed.
    void take_mix(std::span<AudioView const> stems);
    void take(StemHop const& hop);

    [[nodiscard]] Balance finish();

  private:
    std::vector<std::unique_ptr<EnergyMeter>> stem_meters_;
    std::unique_ptr<Stage> mix_;
    std::unique_ptr<EnergyMeter> mix_meter_;
    std::vector<std::vector<double>> spectra_; ///< [stems][bands]
    std::vector<std::array<double, 2>> ears_;  ///< [stems] left, right
    std::int64_t hops_ = 0;
};

} // namespace stemlathe
