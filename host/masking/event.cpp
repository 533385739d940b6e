#include "host/masking/event.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::size_t kRanges_max = 512; // of one event; more grow together at the smallest gaps

void close_smallest_gap(std::vector<HopRange>& ranges) {
    auto const gap = [&](std::size_t i) {
        return ranges[i + 1].first - ranges[i].last;
    };
    std::size_t smallest = 0;
    for (std::size_t i = 1; i + 1 < ranges.size(); ++i) {
        if (gap(i) < gap(smallest)) {
            smallest = i;
        }
    }
    ranges[smallest].last = std::max(ranges[smallest].last, ranges[smallest + 1].last);
    ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(smallest) + 1);
}

/// Sorted, and those that overlap or touch made one.
void tidy(std::vector<HopRange>& ranges) {
    std::ranges::sort(ranges, {}, &HopRange::first);
    std::size_t kept = 0;
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        if (ranges[i].first <= ranges[kept].last + 1) {
            ranges[kept].last = std::max(ranges[kept].last, ranges[i].last);
        } else {
            ranges[++kept] = ranges[i];
        }
    }
    ranges.resize(std::min(ranges.size(), kept + 1));
    while (ranges.size() > kRanges_max) {
        close_smallest_gap(ranges);
    }
}

} // namespace

EventBand& EventBand::operator+=(EventBand const& other) noexcept {
    mass += other.mass;
    weight += other.weight;
    margin += other.margin;
    masked += other.masked;
    masker += other.masker;
    threshold += other.threshold;
    return *this;
}

std::int64_t MaskingEvent::lasting_hops() const noexcept {
    std::int64_t sum = 0;
    for (auto const& range : ranges) {
        sum += range.count();
    }
    return sum;
}

void MaskingEvent::join(MaskingEvent&& other) {
    std::ranges::move(other.ranges, std::back_inserter(ranges));
    tidy(ranges);
    hops += other.hops;
    weight += other.weight;
    mass += other.mass;
    cost += other.cost;
    for (std::size_t i = 0; i < share.size(); ++i) {
        share[i] += other.share[i];
    }
    worst_margin_db = std::min(worst_margin_db, other.worst_margin_db);
    occurrences += other.occurrences;
    for (std::size_t b = 0; b < bands.size(); ++b) {
        bands[b] += other.bands[b];
    }
}

BandRange main_bands(MaskingEvent const& event) noexcept {
    double sum = 0.0;
    for (auto const& band : event.bands) {
        sum += static_cast<double>(band.mass);
    }
    constexpr double kTail = 0.1;
    BandRange range{.low = 0, .high = event.bands.size() - 1};
    double below = 0.0;
    for (std::size_t b = 0; b < event.bands.size(); ++b) {
        double const before = below;
        below += static_cast<double>(event.bands[b].mass);
        if (before < kTail * sum && below >= kTail * sum) {
            range.low = b;
        }
        if (before < (1.0 - kTail) * sum && below >= (1.0 - kTail) * sum) {
            range.high = b;
        }
    }
    return range;
}

bool is_recurring(MaskingEvent const& event) noexcept {
    auto const span = HopRange{.first = event.first(), .last = event.last()}.count();
    return event.occurrences >= 4 && 2 * event.lasting_hops() < span;
}

double mean_margin_db(MaskingEvent const& event, BandRange bands) noexcept {
    double weight = 0.0;
    double margin = 0.0;
    for (auto b = bands.low; b <= bands.high; ++b) {
        weight += static_cast<double>(event.bands[b].weight);
        margin += static_cast<double>(event.bands[b].margin);
    }
    return weight > 0.0 ? margin / weight : 0.0;
}

} // namespace stemlathe
