#include "host/pipeline/band_levels.hpp"

#include "host/pipeline/levels.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe {

namespace {

constexpr std::array kCrossovers_hz{120.0, 800.0, 4500.0};

struct Times {
    double attack_ms;
    double release_ms;
};

constexpr std::array<Times, 4> kTimes{{{40.0, 250.0}, {25.0, 180.0}, {12.0, 120.0}, {6.0, 80.0}}};

constexpr double kKnee_db = 6.0;
constexpr double kRatioMost = 2.0;
constexpr double kRatioLeast = 1.5;
constexpr double kThresholdPercentile = 0.85;
constexpr double kLoudReductionMost_db = 3.0;
constexpr double kLoudReductionLeast_db = 1.0;

/// What a tenth of a second may take at most; within it the detector moves about 1 dB further.
constexpr double kReductionCap_db = 3.0;
constexpr double kMakeupShare = 0.7;
constexpr double kThresholdLowest_db = -70.0;

/// Quieter than this a band is noise between the notes and no part of its level distribution.
constexpr double kGate_db = -60.0;
constexpr int kShortTermHops = 30;

double one_decimal(double value) {
    return std::round(value * 10.0) / 10.0;
}

/// Static curve of the compressor, positive dB. Source: Giannoulis, Massberg & Reiss, JAES 60(6),
/// 2012, eq. 4.
double reduction_db(double level_db, double threshold_db, double ratio) {
    double const over = level_db - threshold_db;
    double const slope = 1.0 - 1.0 / ratio;
    if (over <= -kKnee_db / 2.0) {
        return 0.0;
    }
    if (over >= kKnee_db / 2.0) {
        return slope * over;
    }
    return slope * (over + kKnee_db / 2.0) * (over + kKnee_db / 2.0) / (2.0 * kKnee_db);
}

/// A band's levels per 100 ms, dBFS as the compressor's detector reads them (a sine reads its
/// peak), and the same over three seconds.
struct Levels {
    std::vector<double> hop_db{};
    std::vector<double> short_term_db{};
};

Levels levels_of(EnergyTrack const& track) {
    Levels levels;
    double window = 0.0;
    for (std::size_t i = 0; i < track.mean_square.size(); ++i) {
        window += track.mean_square[i];
        if (i >= kShortTermHops) {
            window -= track.mean_square[i - kShortTermHops];
        }
        auto const hops = static_cast<double>(std::min<std::size_t>(i + 1, kShortTermHops));
        levels.hop_db.push_back(db_from_power(track.mean_square[i]));
        levels.short_term_db.push_back(db_from_power(std::max(window, 0.0) / hops));
    }
    return levels;
}

/// What a setting would do to a band.
struct Forecast {
    double loud_mean_db = 0.0; ///< mean reduction over the loud sections
    double most_db = 0.0;      ///< 99th percentile over all
    double mean_db = 0.0;      ///< over all that is not gated
};

Forecast forecast(Levels const& levels, double loud_from_db, double threshold_db, double ratio) {
    std::vector<double> all;
    double sum = 0.0;
    double loud_sum = 0.0;
    double loud_count = 0.0;
    for (std::size_t i = 0; i < levels.hop_db.size(); ++i) {
        if (levels.hop_db[i] < kGate_db) {
            continue;
        }
        double const reduction = reduction_db(levels.hop_db[i], threshold_db, ratio);
        all.push_back(reduction);
        sum += reduction;
        if (levels.short_term_db[i] >= loud_from_db) {
            loud_sum += reduction;
            loud_count += 1.0;
        }
    }
    return {
        .loud_mean_db = loud_count > 0.0 ? loud_sum / loud_count : 0.0,
        .most_db = percentile(all, 0.99),
        .mean_db = all.empty() ? 0.0 : sum / static_cast<double>(all.size())};
}

CompressorPlan idle_band(Times times) {
    return {
        .threshold_db = 0.0,
        .ratio = 1.0,
        .knee_db = kKnee_db,
        .attack_ms = times.attack_ms,
        .release_ms = times.release_ms};
}

/// nullopt where the band has next to no signal.
std::optional<CompressorPlan> band_plan(EnergyTrack const& track, Times times) {
    auto const levels = levels_of(track);
    std::vector<double> audible = levels.short_term_db;
    std::erase_if(audible, [](double level) { return level < kGate_db; });
    if (audible.empty()) {
        return std::nullopt;
    }
    double const p85 = percentile(audible, kThresholdPercentile);
    auto plan = idle_band(times);
    plan.threshold_db = one_decimal(std::clamp(p85, kThresholdLowest_db, 0.0));
    plan.ratio = kRatioMost;
    auto seen = forecast(levels, p85, plan.threshold_db, plan.ratio);
    // Too little: the threshold comes down, at most 3 dB; too much: the ratio, then the threshold.
    for (int step = 0; step < 6 && seen.loud_mean_db < kLoudReductionLeast_db; ++step) {
        plan.threshold_db = std::max(plan.threshold_db - 0.5, kThresholdLowest_db);
        seen = forecast(levels, p85, plan.threshold_db, plan.ratio);
    }
    auto const is_too_much = [&] {
        return seen.loud_mean_db > kLoudReductionMost_db || seen.most_db > kReductionCap_db;
    };
    while (is_too_much() && plan.threshold_db < 0.0) {
        if (plan.ratio > kRatioLeast) {
            plan.ratio = one_decimal(plan.ratio - 0.1);
        } else {
            plan.threshold_db = std::min(plan.threshold_db + 0.5, 0.0);
        }
        seen = forecast(levels, p85, plan.threshold_db, plan.ratio);
    }
    plan.threshold_db = one_decimal(plan.threshold_db);
    plan.makeup_db = one_decimal(kMakeupShare * seen.mean_db);
    return plan;
}

} // namespace

BandLevels::BandLevels(int rate_hz, Backend& backend)
    : split_(backend.make_band_split(
          {.rate_hz = rate_hz, .crossovers_hz = {kCrossovers_hz.begin(), kCrossovers_hz.end()}}
      )) {
    for (std::size_t band = 0; band <= kCrossovers_hz.size(); ++band) {
        meters_.push_back(
            backend.make_energy_meter({.rate_hz = rate_hz, .weighting = Weighting::flat})
        );
    }
}

void BandLevels::measure(std::span<AudioView const> bands) {
    for (std::size_t band = 0; band < bands.size(); ++band) {
        meters_[band]->process(bands[band]);
    }
}

void BandLevels::process(AudioView view) {
    measure(split_->process(view));
}

std::vector<EnergyTrack> BandLevels::finish() {
    measure(split_->finish());
    std::vector<EnergyTrack> tracks;
    for (auto const& meter : meters_) {
        tracks.push_back(meter->finish());
    }
    return tracks;
}

Choice<MultibandPlan> automatic_multiband(std::span<EnergyTrack const> bands) {
    MultibandPlan plan{.crossovers_hz = {kCrossovers_hz.begin(), kCrossovers_hz.end()}};
    bool any = false;
    for (std::size_t band = 0; band < bands.size(); ++band) {
        auto const chosen = band_plan(bands[band], kTimes.at(band));
        any = any || chosen.has_value();
        plan.band.push_back(chosen.value_or(idle_band(kTimes.at(band))));
    }
    return any ? Choice<MultibandPlan>{plan} : Choice<MultibandPlan>::off();
}

} // namespace stemlathe
