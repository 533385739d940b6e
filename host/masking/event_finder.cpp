#include "host/masking/event_finder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

constexpr float kOn_db = 4.0F;
constexpr float kHysteresis_db = 3.0F;
constexpr double kGap_s = 0.2;
constexpr double kBlock_s = 0.1;

// What is covered among what matters about a cell, so that it is; and so that it stays so.
constexpr std::size_t kAbout_bands = 3;
constexpr double kLately_s = 0.1;
constexpr float kBegins = 0.5F;
constexpr float kStays = 0.33F;

constexpr std::int32_t kNone = -1;
constexpr std::int64_t kNever = -1;
constexpr float kNoMargin_db = 1000.0F; ///< above any

float on_db(BandGoal const& goal) {
    return std::min(kOn_db, static_cast<float>(goal.margin_db));
}

void end_block(float& worst_db, double mean_db) {
    worst_db = std::min(worst_db, static_cast<float>(mean_db));
}

} // namespace

EventFinder::EventFinder(
    std::span<MaskingGoal const> goals, std::span<double const> bands_hz, double hop_s
)
    : gap_hops_(std::llround(kGap_s / hop_s)),
      block_hops_(std::llround(kBlock_s / hop_s)),
      stems_(goals.size()),
      bands_(bands_hz.size()),
      forget_(static_cast<float>(-std::expm1(-hop_s / kLately_s))),
      covers_(goals.size()),
      trackers_(goals.size() * goals.size()),
      chains_(hop_s) {
    goals_ = goals_by_band(goals, bands_hz);
    for (auto& cover : covers_) {
        cover.is_on.assign(bands_, 0);
        cover.since.assign(bands_, kNever);
        cover.low.assign(bands_, 0.0F);
        cover.all.assign(bands_, 0.0F);
        cover.lately.resize(static_cast<std::size_t>(block_hops_) * bands_);
    }
    for (auto& tracker : trackers_) {
        tracker.label.assign(bands_, kNone);
        tracker.last.assign(bands_, 0);
    }
}

void EventFinder::take(StemHop const& hop) {
    find_cells(hop);
    for (std::size_t j = 0; j < stems_; ++j) {
        auto& tracker = trackers_[hop.stem * stems_ + j];
        if (!tracker.cells.empty() || tracker.open_count > 0) {
            connect(tracker, hop, j);
        }
    }
    remember(hop);
    if (hop.stem + 1 == stems_) {
        advance_chains(hop.hop);
    }
}

void EventFinder::look_about(StemHop const& hop, Cover& cover) const {
    auto const& goals = goals_[hop.stem];
    auto const bands = hop.bands();
    for (std::size_t b = 0; b < bands; ++b) {
        cover.low[b] *= 1.0F - forget_;
        cover.all[b] *= 1.0F - forget_;
    }
    for (std::size_t b = 0; b < bands; ++b) {
        if (hop.weight[b] <= 0.0F) {
            cover.since[b] = kNever;
            continue;
        }
        bool const is_low = hop.margin_db[b] < on_db(goals[b]);
        auto const last = std::min(b + kAbout_bands, bands - 1);
        for (auto near = b - std::min(b, kAbout_bands); near <= last; ++near) {
            cover.all[near] += forget_ * hop.weight[b];
            cover.low[near] += is_low ? forget_ * hop.weight[b] : 0.0F;
        }
        if (!is_low) {
            cover.since[b] = kNever;
        } else if (cover.since[b] == kNever) {
            cover.since[b] = hop.hop;
        }
    }
}

void EventFinder::find_cells(StemHop const& hop) {
    for (std::size_t j = 0; j < stems_; ++j) {
        trackers_[hop.stem * stems_ + j].cells.clear();
    }
    auto& cover = covers_[hop.stem];
    look_about(hop, cover);
    for (std::size_t b = 0; b < hop.bands(); ++b) {
        bool const was_on = cover.is_on[b] != 0;
        float const limit_db = on_db(goals_[hop.stem][b]) + (was_on ? kHysteresis_db : 0.0F);
        bool const is_low = hop.weight[b] > 0.0F && hop.margin_db[b] < limit_db;
        bool const is_on = is_low && cover.low[b] >= (was_on ? kStays : kBegins) * cover.all[b];
        cover.is_on[b] = is_on ? 1 : 0;
        if (!is_on) {
            continue;
        }
        float const threshold = hop.threshold(b);
        for (std::size_t j = 0; j < stems_; ++j) {
            if (j != hop.stem && masker_share(hop.masker(j, b), threshold) >= kBlame) {
                trackers_[hop.stem * stems_ + j].cells.push_back(b);
            }
        }
    }
}

void EventFinder::connect(Tracker& tracker, StemHop const& hop, std::size_t masker) {
    for (auto const band : tracker.cells) {
        auto const id = component(tracker, band, hop.hop);
        tracker.label[band] = id;
        tracker.last[band] = hop.hop;
        auto& open = tracker.open[static_cast<std::size_t>(id)];
        if (!open.is_open) {
            // It was low before enough about it was.
            auto const since = covers_[hop.stem].since[band];
            auto const first = since == kNever ? hop.hop : std::max(since, hop.hop - block_hops_);
            begin(open, {.masked = hop.stem, .masker = masker}, first, hop.hop);
            ++tracker.open_count;
        }
        open.event.ranges.back().last = hop.hop;
    }
    // Bands that were joined later in this hop still carry the label of what was joined.
    for (auto const band : tracker.cells) {
        add_cell(tracker.open[static_cast<std::size_t>(tracker.label[band])], hop, band);
    }
    for (auto& open : tracker.open) {
        if (!open.is_open) {
            continue;
        }
        pass_hop(open, hop, masker);
        if (hop.hop - open.event.last() > gap_hops_) {
            close(tracker, open);
        }
    }
}

/// What two components have cell by cell adds up; what they have by hops the elder has for both.
void EventFinder::take_over(Open& elder, Open& younger) {
    elder.event.mass += younger.event.mass;
    elder.event.cost += younger.event.cost;
    elder.event.weight += younger.event.weight;
    for (std::size_t b = 0; b < elder.event.bands.size(); ++b) {
        elder.event.bands[b].mass += younger.event.bands[b].mass;
    }
    for (std::size_t j = 0; j < elder.event.share.size(); ++j) {
        elder.event.share[j] += younger.event.share[j];
    }
    elder.block_weight += younger.block_weight;
    elder.block_margin += younger.block_margin;
    elder.event.worst_margin_db =
        std::min(elder.event.worst_margin_db, younger.event.worst_margin_db);
    younger = {};
}

std::int32_t EventFinder::component(Tracker& tracker, std::size_t band, std::int64_t hop) {
    std::int32_t found = kNone;
    auto const first = band > 0 ? band - 1 : 0;
    auto const last = std::min(band + 1, tracker.label.size() - 1);
    for (auto b = first; b <= last; ++b) {
        auto const id = tracker.label[b];
        bool const connects = id != kNone && hop - tracker.last[b] <= gap_hops_ &&
                              tracker.open[static_cast<std::size_t>(id)].is_open;
        if (!connects || id == found) {
            continue;
        }
        if (found == kNone) {
            found = id;
            continue;
        }
        auto kept = found;
        auto gone = id;
        auto const event_of = [&](std::int32_t which) -> MaskingEvent& {
            return tracker.open[static_cast<std::size_t>(which)].event;
        };
        if (event_of(gone).first() < event_of(kept).first()) {
            std::swap(kept, gone);
        }
        take_over(
            tracker.open[static_cast<std::size_t>(kept)],
            tracker.open[static_cast<std::size_t>(gone)]
        );
        --tracker.open_count;
        std::ranges::replace(tracker.label, gone, kept);
        found = kept;
    }
    if (found != kNone) {
        return found;
    }
    auto const free = std::ranges::find(tracker.open, false, &Open::is_open);
    if (free != tracker.open.end()) {
        return static_cast<std::int32_t>(free - tracker.open.begin());
    }
    tracker.open.emplace_back();
    return static_cast<std::int32_t>(tracker.open.size() - 1);
}

/// What was heard between the first low hop and the one that made it an event is part of it.
void EventFinder::begin(Open& open, StemPair pair, std::int64_t first, std::int64_t hop) const {
    open = {.pending = std::vector<EventBand>(bands_), .is_open = true};
    open.event.pair = pair;
    open.event.ranges = {{.first = first, .last = first}};
    open.event.share.assign(stems_, 0.0);
    open.event.worst_margin_db = kNoMargin_db;
    open.event.bands.resize(bands_);
    auto const& lately = covers_[pair.masked].lately;
    for (auto before = first; before < hop; ++before) {
        auto const row = static_cast<std::size_t>(before % block_hops_) * bands_;
        for (std::size_t b = 0; b < bands_; ++b) {
            open.pending[b].weight += lately[row + b].weight;
            open.pending[b].margin += lately[row + b].margin;
        }
    }
}

void EventFinder::remember(StemHop const& hop) {
    auto const row = static_cast<std::size_t>(hop.hop % block_hops_) * bands_;
    for (std::size_t b = 0; b < bands_; ++b) {
        bool const matters = hop.weight[b] > 0.0F;
        covers_[hop.stem].lately[row + b] = {
            .weight = matters ? hop.weight[b] : 0.0F,
            .margin = matters ? hop.weight[b] * counted_margin_db(hop.margin_db[b]) : 0.0F};
    }
}

void EventFinder::add_cell(Open& open, StemHop const& hop, std::size_t band) const {
    float const weight = hop.weight[band];
    float const margin_db = hop.margin_db[band];
    auto const& goal = goals_[hop.stem][band];
    float const shortfall_db = std::clamp(
        static_cast<float>(goal.margin_db) - margin_db, 0.0F, static_cast<float>(kShortfall_db_max)
    );
    open.event.bands[band].mass += weight * shortfall_db;
    open.event.mass += static_cast<double>(weight * shortfall_db);
    open.event.cost += goal.priority * static_cast<double>(weight * shortfall_db);
    open.event.weight += static_cast<double>(weight);
    open.block_weight += static_cast<double>(weight);
    open.block_margin += static_cast<double>(weight * margin_db);
    float const threshold = hop.threshold(band);
    for (std::size_t j = 0; j < stems_; ++j) {
        if (j != hop.stem) {
            open.event.share[j] +=
                static_cast<double>(weight * masker_share(hop.masker(j, band), threshold));
        }
    }
}

void EventFinder::pass_hop(Open& open, StemHop const& hop, std::size_t masker) const {
    bool const is_covered = open.event.last() == hop.hop;
    for (std::size_t b = 0; b < hop.bands(); ++b) {
        auto& band = open.event.bands[b];
        auto& pending = open.pending[b];
        if (hop.weight[b] > 0.0F) {
            pending.weight += hop.weight[b];
            pending.margin += hop.weight[b] * counted_margin_db(hop.margin_db[b]);
        }
        if (is_covered) {
            pending.masked = hop.excitation(b);
            pending.masker = hop.masker(masker, b);
            pending.threshold = hop.threshold(b);
            band += pending;
            pending = {};
        }
    }
    if (!is_covered) {
        return;
    }
    ++open.event.hops;
    if (++open.block_hops == block_hops_) {
        end_block(open.event.worst_margin_db, open.block_margin / open.block_weight);
        open.block_hops = 0;
        open.block_weight = 0.0;
        open.block_margin = 0.0;
    }
}

void EventFinder::close(Tracker& tracker, Open& open) {
    if (open.event.worst_margin_db == kNoMargin_db) { // shorter than a block
        end_block(open.event.worst_margin_db, open.block_margin / open.block_weight);
    }
    open.is_open = false;
    --tracker.open_count;
    chains_.add(std::move(open.event));
    open = {};
}

void EventFinder::advance_chains(std::int64_t hop) {
    under_way_.clear();
    for (auto const& tracker : trackers_) {
        for (auto const& open : tracker.open) {
            if (open.is_open) {
                under_way_.push_back({.pair = open.event.pair, .first = open.event.first()});
            }
        }
    }
    chains_.advance(hop, under_way_);
}

std::vector<MaskingEvent> EventFinder::finish() {
    for (auto& tracker : trackers_) {
        for (auto& open : tracker.open) {
            if (open.is_open) {
                close(tracker, open);
            }
        }
    }
    return chains_.finish();
}

} // namespace stemlathe
