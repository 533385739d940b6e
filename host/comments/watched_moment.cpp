#include "host/comments/watched_moment.hpp"

#include <algorithm>
#include <array>

namespace stemlathe {

namespace {

constexpr double kTiny = 1e-30; // 0 of 0 is no share

/// A slot's beginning, as the decimal that people write.
double slot_s(std::int64_t slot) noexcept {
    return static_cast<double>(slot) / static_cast<double>(kSecondSlots);
}

} // namespace

void WatchedMoment::StemMoment::close_second() noexcept {
    // Silence has no sibilance; loud seconds count more than those that fade.
    if (second.plays()) {
        weighted_sibilance += second.total() * static_cast<double>(second.levels().sibilance_db);
        weight += second.total();
    }
    second = {};
    second_slots = 0;
}

double WatchedMoment::StemMoment::sibilance_db(bool is_range) const noexcept {
    if (!is_range || weight <= 0.0) {
        return static_cast<double>(whole.levels().sibilance_db);
    }
    return weighted_sibilance / weight;
}

void WatchedMoment::take(std::int64_t slot, std::span<Stretch const> stems) {
    if (stems_.empty()) {
        stems_.resize(stems.size());
        taken_from_ = slot;
    }
    taken_to_ = slot + 1;
    for (std::size_t i = 0; i < stems.size(); ++i) {
        auto& stem = stems_[i];
        stem.whole.add(stems[i]);
        if (!is_range_) {
            stem.sibilant_db.push_back(static_cast<float>(stems[i].sibilant_db()));
            continue;
        }
        stem.second.add(stems[i]);
        if (++stem.second_slots == kSecondSlots) {
            stem.close_second();
        }
    }
}

void WatchedMoment::describe(
    Comment const& about,
    std::span<Stem const> stems,
    std::span<UsualLevels const> usual,
    CommentMeasurements& out
) const {
    if (stems_.empty()) {
        return;
    }
    out.from_s = slot_s(taken_from_);
    out.to_s = slot_s(taken_to_);
    bool const names_one = std::ranges::find(stems, about.stem, &Stem::file) != stems.end();
    std::array<double, kNamedBandCount> all{};
    for (auto const& stem : stems_) {
        for (std::size_t band = 0; band < kNamedBandCount; ++band) {
            all[band] += stem.whole.power(band);
        }
    }
    std::vector<std::size_t> candidates; // that the remark may be about and that play there
    for (std::size_t i = 0; i < stems.size(); ++i) {
        auto& level = out.stem_levels.emplace_back(StemLevelAtMoment{.stem = stems[i].file});
        if (!stems_[i].whole.plays() || !usual[i].is_known) {
            continue;
        }
        auto const here = stems_[i].whole.levels();
        level.against_median_db = static_cast<double>(here.total_db - usual[i].median.total_db);
        if (here.total_db < usual[i].plays_from_db || (names_one && stems[i].file != about.stem)) {
            continue;
        }
        candidates.push_back(i);
        for (std::size_t band = 0; band < kNamedBandCount; ++band) {
            auto const& named = kNamedBands[band];
            auto const excess = here.over_total_db[band] - usual[i].median.over_total_db[band];
            out.band_excess.push_back(
                {.stem = stems[i].file,
                 .band = std::string{named.name},
                 .low_hz = named.low_hz,
                 .high_hz = named.high_hz,
                 .excess_db = static_cast<double>(excess),
                 .over_stem_db = static_cast<double>(here.over_total_db[band]),
                 .share = stems_[i].whole.power(band) / std::max(all[band], kTiny)}
            );
        }
    }
    std::ranges::stable_sort(out.band_excess, std::ranges::greater{}, &BandAtMoment::excess_db);
    describe_sibilance(stems, usual, candidates, out);
}

void WatchedMoment::describe_sibilance(
    std::span<Stem const> stems,
    std::span<UsualLevels const> usual,
    std::span<std::size_t const> candidates,
    CommentMeasurements& out
) const {
    auto const is_voice = [&](std::size_t i) {
        return stems[i].role == Role::vocals;
    };
    bool const voices_only = std::ranges::any_of(candidates, is_voice);
    auto worst = stems.size(); // none
    double worst_db = 0.0;
    for (auto const i : candidates) {
        auto const usual_db = static_cast<double>(usual[i].median.sibilance_db);
        auto const excess_db = stems_[i].sibilance_db(is_range_) - usual_db;
        bool const is_worse = worst == stems.size() || excess_db > worst_db;
        if (is_worse && (!voices_only || is_voice(i))) {
            worst = i;
            worst_db = excess_db;
        }
    }
    if (worst == stems.size()) {
        return;
    }
    out.sibilance_db = worst_db;
    out.sibilance_stem = stems[worst].file;
    auto const& stem = stems_[worst];
    double const limit_db = stem.whole.voiced_db() +
                            static_cast<double>(usual[worst].median.sibilance_db) + kSticksOut_db;
    for (std::size_t i = 0; i < stem.sibilant_db.size(); ++i) {
        auto const slot = taken_from_ + static_cast<std::int64_t>(i);
        if (static_cast<double>(stem.sibilant_db[i]) > limit_db) {
            out.sibilant_from_s = out.sibilant_from_s.value_or(slot_s(slot));
            out.sibilant_to_s = slot_s(slot + 1);
        }
    }
}

} // namespace stemlathe
