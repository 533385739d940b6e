#pragma once

#include "host/masking/masking_reading.hpp"
#include "host/masking/stem_hop.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// Margins of every stem over time and frequency, as wide as a page can show.
class MarginMap {
  public:
    /// @param hops  of the whole song
    MarginMap(std::size_t stems, std::size_t bands, std::int64_t hops);

    void take(StemHop const& hop);

    [[nodiscard]] double column_hops() const noexcept {
        return static_cast<double>(column_hops_);
    }

    /// @param files  [stems] their names
    [[nodiscard]] std::vector<MaskingMap> finish(std::span<std::string const> files) const;

  private:
    struct Cell {
        float weight = 0.0F;
        float margin = 0.0F; ///< weighted, taken as -20 .. 20 dB
    };

    std::size_t bands_;
    std::int64_t column_hops_;
    std::vector<std::vector<Cell>> cells_; ///< [stem][column x band]
};

} // namespace stemlathe
