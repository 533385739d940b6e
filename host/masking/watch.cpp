#include "host/masking/watch.hpp"

#include <algorithm>

namespace stemlathe {

Watch::Watch(std::span<MaskingEvent const> events) {
    for (auto const& event : events) {
        watched_.push_back(
            {.masked = event.pair.masked, .bands = main_bands(event), .ranges = event.ranges}
        );
    }
}

void Watch::take(StemHop const& hop) {
    if (!hop.plays) {
        return;
    }
    for (auto& watched : watched_) {
        if (watched.masked != hop.stem) {
            continue;
        }
        while (watched.range < watched.ranges.size() && watched.ranges[watched.range].last < hop.hop
        ) {
            ++watched.range;
        }
        if (watched.range == watched.ranges.size() ||
            hop.hop < watched.ranges[watched.range].first) {
            continue;
        }
        for (auto b = watched.bands.low; b <= watched.bands.high; ++b) {
            if (hop.weight[b] > 0.0F) {
                watched.weight += static_cast<double>(hop.weight[b]);
                watched.margin +=
                    static_cast<double>(hop.weight[b] * counted_margin_db(hop.margin_db[b]));
            }
        }
    }
}

std::vector<std::optional<double>> Watch::margins_db() const {
    std::vector<std::optional<double>> margins;
    for (auto const& watched : watched_) {
        margins.push_back(
            watched.weight > 0.0 ? std::optional{watched.margin / watched.weight} : std::nullopt
        );
    }
    return margins;
}

} // namespace stemlathe
