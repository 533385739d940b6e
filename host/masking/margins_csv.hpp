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
/// there is nothing; the margin is the band's own. Appears whole or not at all.
class MarginsCsv {
  public:
    /// @param from_s  where in the song the first hop is
    /// @throws Failure{not_found, storage_full, storage_failed}
    MarginsCsv(
        std::filesystem::path const& path,
        std::vector<std::string> stems,
        std::span<double const> bands_hz,
        double hop_s,
        double from_s
    );

    void take(MaskingView const& view);
    void commit();

  private:
    TextFile file_;
    std::vector<std::string> stems_;
    std::vector<std::string> bands_; ///< centres as text
    double hop_s_;
    double from_s_;
};

} // namespace stemlathe
