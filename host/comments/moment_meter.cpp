#include "host/comments/moment_meter.hpp"

#include "host/pipeline/levels.hpp"
#include "kernels/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

namespace stemlathe {

namespace {

constexpr double kRangePad_s = 0.25;
constexpr double kMomentPad_s = 0.5;
constexpr double kGate_db = 20.0; // under the 95th percentile

/// Rounding that 0.3 / 0.1 may need.
constexpr double kTiny = 1e-6;

std::int64_t slot_before(double time_s) noexcept {
    return static_cast<std::int64_t>(std::floor(time_s / kSlot_s + kTiny));
}

std::int64_t slot_after(double time_s) noexcept {
    return static_cast<std::int64_t>(std::ceil(time_s / kSlot_s - kTiny));
}

template <typename Read>
float median(std::span<StretchLevels const> seconds, Read read) {
    std::vector<double> values;
    values.reserve(seconds.size());
    for (auto const& second : seconds) {
        values.push_back(static_cast<double>(read(second)));
    }
    return static_cast<float>(percentile(std::move(values), 0.5));
}

UsualLevels usual_of(std::span<StretchLevels const> all) {
    if (all.empty()) {
        return {};
    }
    std::vector<double> totals;
    for (auto const& second : all) {
        totals.push_back(static_cast<double>(second.total_db));
    }
    double const gate_db = percentile(std::move(totals), 0.95) - kGate_db;
    std::vector<StretchLevels> seconds;
    std::ranges::copy_if(all, std::back_inserter(seconds), [&](StretchLevels const& second) {
        return static_cast<double>(second.total_db) >= gate_db;
    });
    UsualLevels out{.is_known = true, .median = {}, .plays_from_db = static_cast<float>(gate_db)};
    out.median.total_db = median(seconds, [](auto const& second) { return second.total_db; });
    out.median.sibilance_db =
        median(seconds, [](auto const& second) { return second.sibilance_db; });
    for (std::size_t band = 0; band < kNamedBandCount; ++band) {
        out.median.over_total_db[band] =
            median(seconds, [&](auto const& second) { return second.over_total_db[band]; });
    }
    return out;
}

} // namespace

MeasuredStretch measured_stretch(Comment const& comment) noexcept {
    bool const is_range = comment.end_s > comment.start_s;
    bool const is_second = !is_range && comment.start_s == std::floor(comment.start_s);
    double const pad_s = is_range || is_second ? kRangePad_s : kMomentPad_s;
    double const end_s = comment.end_s + (is_second ? 1.0 : 0.0);
    auto const tenths = [](std::int64_t slot) {
        return static_cast<double>(std::max<std::int64_t>(slot, 0)) /
               static_cast<double>(kSecondSlots);
    };
    return {tenths(slot_before(comment.start_s - pad_s)), tenths(slot_after(end_s + pad_s))};
}

MomentMeter::MomentMeter(MomentMeterSettings settings)
    : settings_(std::move(settings)),
      voiced_(range_of(kVoicedBand)),
      slots_(settings_.stems.size()),
      seconds_(settings_.stems.size()),
      song_(settings_.stems.size()),
      slot_(slot_before(settings_.start_s)) {
    STEMLATHE_ASSERT(settings_.hop_s > 0.0 && settings_.hop_s <= kSlot_s);
    STEMLATHE_ASSERT(std::ranges::is_sorted(settings_.bands_hz));
    std::ranges::transform(kNamedBands, bands_.begin(), [&](auto const& band) {
        return range_of(band);
    });
    for (std::size_t i = 0; i < settings_.comments.size(); ++i) {
        auto const& comment = settings_.comments[i];
        if (comment.anchored) {
            auto const stretch = measured_stretch(comment);
            moments_.emplace_back(
                i,
                comment.end_s > comment.start_s,
                std::llround(stretch.from_s / kSlot_s),
                std::llround(stretch.to_s / kSlot_s)
            );
        }
    }
}

MomentMeter::BandRange MomentMeter::range_of(NamedBand const& band) const {
    auto const& all = settings_.bands_hz;
    auto const first = std::ranges::lower_bound(all, band.low_hz);
    auto const last = std::ranges::lower_bound(all, band.high_hz);
    return {static_cast<std::size_t>(first - all.begin()), static_cast<std::size_t>(last - first)};
}

BandPowers MomentMeter::powers_of(MaskingView const& view, std::int64_t hop, std::int64_t stem)
    const noexcept {
    auto const left = view.of(hop, stem, MaskingField::excitation_left);
    auto const right = view.of(hop, stem, MaskingField::excitation_right);
    auto const sum = [](std::span<float const> powers) {
        return std::accumulate(powers.begin(), powers.end(), 0.0);
    };
    auto const louder = [&](BandRange range) {
        return std::max(
            sum(left.subspan(range.first, range.count)),
            sum(right.subspan(range.first, range.count))
        );
    };
    BandPowers out{.total = louder({0, left.size()}), .voiced = louder(voiced_)};
    std::ranges::transform(bands_, out.bands.begin(), louder);
    return out;
}

void MomentMeter::take(MaskingView const& view) {
    STEMLATHE_ASSERT(view.memory == Memory::host && view.position == hop_);
    STEMLATHE_ASSERT(view.stems == std::ssize(settings_.stems));
    STEMLATHE_ASSERT(view.bands == std::ssize(settings_.bands_hz));
    for (std::int64_t hop = 0; hop < view.hops; ++hop, ++hop_) {
        auto const time_s = settings_.start_s + static_cast<double>(hop_) * settings_.hop_s;
        if (slot_before(time_s) > slot_) {
            close_slot();
        }
        for (std::int64_t stem = 0; stem < view.stems; ++stem) {
            auto const importance = view.of(hop, stem, MaskingField::importance);
            bool const plays =
                std::ranges::any_of(importance, [](float value) { return value > 0.0F; });
            slots_[static_cast<std::size_t>(stem)].add(powers_of(view, hop, stem), plays);
        }
    }
}

void MomentMeter::close_slot() {
    for (auto& moment : moments_) {
        if (moment.holds(slot_)) {
            moment.take(slot_, slots_);
        }
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        seconds_[i].add(slots_[i]);
        slots_[i] = {};
    }
    ++slot_;
    if (slot_ % kSecondSlots == 0) {
        close_second();
    }
}

void MomentMeter::close_second() {
    for (std::size_t i = 0; i < seconds_.size(); ++i) {
        if (seconds_[i].plays()) {
            song_[i].push_back(seconds_[i].levels());
        }
        seconds_[i] = {};
    }
}

std::vector<CommentReading> MomentMeter::finish() {
    if (!slots_.empty() && !slots_.front().is_empty()) {
        close_slot();
    }
    // What is left of a second counts if it is most of one, or all there is.
    bool const is_short = std::ranges::all_of(song_, [](auto const& song) { return song.empty(); });
    if (slot_ % kSecondSlots >= kSecondSlots / 2 || is_short) {
        close_second();
    }
    std::vector<UsualLevels> usual;
    std::ranges::transform(song_, std::back_inserter(usual), [](auto const& seconds) {
        return usual_of(seconds);
    });
    std::vector<CommentReading> out;
    out.reserve(settings_.comments.size());
    for (auto const& comment : settings_.comments) {
        out.push_back({.comment = comment});
    }
    for (auto const& moment : moments_) {
        auto& reading = out[moment.comment()];
        moment.describe(reading.comment, settings_.stems, usual, reading.measurements);
    }
    return out;
}

} // namespace stemlathe
