#pragma once

#include "formats/text_file.hpp"
#include "kernels/masking/masking.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// Every frame, stem, ear and band as a line of text, for researchers:
/// time_s,stem,ear,band_hz,excitation_db,threshold_db,margin_db. Levels in dB SPL, "-inf" where
/// there is nothing; the margin is the band's own. Bands are those of the analysis and others half
/// way between them, so that one is centred within 0.13 Cam of every tone. Appears whole or not at
/// all.
class MarginsCsv {
  public:
    /// @param bands_hz  of both views that `take` is given, from low to high
    /// @param from_s  where in the song the first hop is
    /// @throws Failure{not_found, storage_full, storage_failed}
    MarginsCsv(
        std::filesystem::path const& path,
        std::vector<std::string> stems,
        std::span<double const> bands_hz,
        double hop_s,
        double from_s
    );

    /// @param even, odd  the same hops in every other band, from the first and from the second on
    void take(MaskingView const& even, MaskingView const& odd);
    void commit();

  private:
    TextFile file_;
    std::vector<std::string> stems_;
    std::vector<std::string> bands_; ///< centres as text
    double hop_s_;
    double from_s_;
};

} // namespace stemlathe
