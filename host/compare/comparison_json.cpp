#include "host/compare/comparison_json.hpp"

#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>

#include <utility>

namespace stemlathe {

boost::json::object comparison_json(Comparison const& comparison) {
    boost::json::array changed;
    for (auto const& stretch : comparison.changed) {
        changed.push_back(
            {{"start_s", rounded(stretch.start_s, 3)}, {"end_s", rounded(stretch.end_s, 3)}}
        );
    }
    boost::json::array bands;
    for (auto const& band : comparison.bands) {
        bands.push_back(
            {{"hz", rounded(band.hz, 0)}, {"difference_db", rounded(band.difference_db, 2)}}
        );
    }
    return {
        {"lufs_a", rounded(comparison.lufs_a, 3)},
        {"lufs_b", rounded(comparison.lufs_b, 3)},
        {"gain_db", rounded(comparison.gain_db, 3)},
        {"offset_samples", comparison.offset_samples},
        {"residual_db", rounded(comparison.residual_db, 2)},
        {"changed", std::move(changed)},
        {"bands", std::move(bands)}};
}

} // namespace stemlathe
