#include "host/masking/margin_map.hpp"

#include <algorithm>
#include <limits>

namespace stemlathe {

namespace {

constexpr std::int64_t kColumns_max = 600;
constexpr float kMargin_db_max = 20.0F;
constexpr float kMargin_db_min = -20.0F;

/// A cell of the picture is empty where its band matters in less than this of the time.
constexpr float kLeastWeight = 0.002F;

} // namespace

MarginMap::MarginMap(std::size_t stems, std::size_t bands, std::int64_t hops)
    : bands_(bands),
      column_hops_(std::max<std::int64_t>((hops + kColumns_max - 1) / kColumns_max, 1)) {
    auto const columns = (hops + column_hops_ - 1) / column_hops_;
    cells_.assign(stems, std::vector<Cell>(static_cast<std::size_t>(columns) * bands));
}

void MarginMap::take(StemHop const& hop) {
    if (!hop.plays) {
        return;
    }
    auto const column = static_cast<std::size_t>(hop.hop / column_hops_);
    auto* const cells = cells_[hop.stem].data() + column * bands_;
    for (std::size_t b = 0; b < bands_; ++b) {
        if (hop.weight[b] > 0.0F) {
            cells[b].weight += hop.weight[b];
            cells[b].margin +=
                hop.weight[b] * std::clamp(hop.margin_db[b], kMargin_db_min, kMargin_db_max);
        }
    }
}

std::vector<MaskingMap> MarginMap::finish(std::span<std::string const> files) const {
    auto const least = kLeastWeight * static_cast<float>(column_hops_);
    std::vector<MaskingMap> maps;
    for (std::size_t stem = 0; stem < cells_.size(); ++stem) {
        MaskingMap map{.stem = files[stem]};
        map.margin_db.reserve(cells_[stem].size());
        for (auto const& cell : cells_[stem]) {
            map.margin_db.push_back(
                cell.weight >= least ? cell.margin / cell.weight
                                     : std::numeric_limits<float>::quiet_NaN()
            );
        }
        maps.push_back(std::move(map));
    }
    return maps;
}

} // namespace stemlathe
