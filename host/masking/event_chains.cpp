#include "host/masking/event_chains.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

constexpr double kShort_s = 1.0;
constexpr double kLeast_s = 0.1;
constexpr double kLongGap_s = 2.0;
constexpr double kShortGap_s = 3.0;
constexpr int kRecurring = 4;
constexpr std::size_t kEvents_max = 2000; // nobody reads so many; it bounds the memory

std::int64_t longest_hops(MaskingEvent const& event) {
    std::int64_t longest = 0;
    for (auto const& range : event.ranges) {
        longest = std::max(longest, range.count());
    }
    return longest;
}

/// Whether two events share at least half the bands of the narrower.
bool share_bands(MaskingEvent const& a, MaskingEvent const& b) {
    auto const first = main_bands(a);
    auto const second = main_bands(b);
    auto const low = std::max(first.low, second.low);
    auto const high = std::min(first.high, second.high);
    auto const narrower = std::min(first.high - first.low, second.high - second.low) + 1;
    return low <= high && 2 * (high - low + 1) >= narrower;
}

bool costs_more(MaskingEvent const& a, MaskingEvent const& b) {
    return a.cost > b.cost;
}

} // namespace

EventChains::EventChains(double hop_s)
    : short_hops_(std::llround(kShort_s / hop_s)),
      least_hops_(std::llround(kLeast_s / hop_s)),
      long_gap_hops_(std::llround(kLongGap_s / hop_s)),
      short_gap_hops_(std::llround(kShortGap_s / hop_s)) {}

bool EventChains::is_short(MaskingEvent const& event) const noexcept {
    return longest_hops(event) < short_hops_;
}

bool EventChains::joins(MaskingEvent const& chain, MaskingEvent const& event) const {
    auto const gap = event.first() - chain.last();
    if (is_short(chain) && is_short(event)) {
        return gap <= short_gap_hops_ && share_bands(chain, event);
    }
    auto const shorter = std::min(chain.ranges.back().count(), event.lasting_hops());
    return gap <= std::min(shorter, long_gap_hops_) && share_bands(chain, event);
}

void EventChains::add(MaskingEvent&& event) {
    auto& chains = open_[event.pair];
    // Where several would take it, the one that ended last is nearest.
    auto nearest = chains.end();
    for (auto chain = chains.begin(); chain != chains.end(); ++chain) {
        bool const is_nearer = nearest == chains.end() || chain->last() > nearest->last();
        if (is_nearer && joins(*chain, event)) {
            nearest = chain;
        }
    }
    if (nearest != chains.end()) {
        nearest->join(std::move(event));
    } else {
        chains.push_back(std::move(event));
    }
}

void EventChains::advance(std::int64_t hop, std::span<UnderWay const> under_way) {
    for (auto& [pair, chains] : open_) {
        // However long a phrase lasts, the one before waits for it.
        auto const is_awaited = [&, of = pair](std::int64_t last) {
            return std::ranges::any_of(under_way, [&](UnderWay const& event) {
                return event.pair == of && event.first >= last &&
                       event.first - last <= short_gap_hops_;
            });
        };
        std::erase_if(chains, [&](MaskingEvent& chain) {
            bool const is_over =
                hop - chain.last() > 2 * short_gap_hops_ && !is_awaited(chain.last());
            if (is_over) {
                keep(std::move(chain));
            }
            return is_over;
        });
    }
}

void EventChains::keep(MaskingEvent&& chain) {
    if (longest_hops(chain) < least_hops_ && chain.occurrences < kRecurring) {
        return;
    }
    kept_.push_back(std::move(chain));
    if (kept_.size() >= 2 * kEvents_max) {
        std::ranges::stable_sort(kept_, costs_more);
        kept_.resize(kEvents_max);
    }
}

std::vector<MaskingEvent> EventChains::finish() {
    for (auto& [pair, chains] : open_) {
        for (auto& chain : chains) {
            keep(std::move(chain));
        }
    }
    open_.clear();
    std::ranges::stable_sort(kept_, costs_more);
    kept_.resize(std::min(kept_.size(), kEvents_max));
    return std::move(kept_);
}

} // namespace stemlathe
