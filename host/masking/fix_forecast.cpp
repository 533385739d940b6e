#include "host/masking/fix_forecast.hpp"

#include "kernels/base/units.hpp"
#include "kernels/equaliser/equaliser.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe {

namespace {

constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

/// K-weighting as a magnitude. Source: ITU-R BS.1770-5 Annex 1; the analogue filters behind it.
std::vector<EqualiserBand> k_weighting() {
    EqualiserBand shelf;
    shelf.type = EqualiserType::high_shelf;
    shelf.hz = 1'682.0;
    shelf.gain_db = 4.0;
    shelf.q = 0.7072;
    EqualiserBand pass;
    pass.type = EqualiserType::high_pass;
    pass.hz = 38.0;
    return {shelf, pass};
}

} // namespace

FixForecast::FixForecast(
    PairSums const& sums, Balance const& balance, std::span<double const> bands_hz, Field field
)
    : sums_(sums), balance_(balance) {
    auto const weighting = k_weighting();
    for (double const hz : bands_hz) {
        double const gain = magnitude(weighting, hz);
        loudness_weight_.push_back(gain * gain / std::pow(10.0, ear_gain_db(field, hz) / 10.0));
    }
    auto const hops = static_cast<double>(std::max<std::int64_t>(sums.hops(), 1));
    for (std::size_t stem = 0; stem < sums.stems(); ++stem) {
        playing_.push_back(static_cast<double>(sums.playing_hops(stem)) / hops);
    }
}

FixForecast::Changes FixForecast::changes_of(std::span<Fix const> fixes) const {
    Changes changes(sums_.stems());
    for (auto const& fix : fixes) {
        changes[fix.pair.masker].push_back(&fix);
    }
    return changes;
}

/// Factor on a stem's power, to the ears of `heard` while it plays; on the whole for kNobody.
double FixForecast::kept(
    std::vector<Fix const*> const& of_stem, std::size_t band, std::size_t heard
) const {
    double kept = 1.0;
    for (auto const* fix : of_stem) {
        bool const always = !fix->band.dynamic || fix->pair.masked == heard;
        double const at_work = always ? 1.0 : playing_[fix->pair.masked];
        kept *= 1.0 - at_work * (1.0 - fix->power[band]);
    }
    return kept;
}

double FixForecast::change_db(Changes const& changes, std::size_t masked, std::size_t band) const {
    double left = 1.0;
    for (std::size_t j = 0; j < changes.size(); ++j) {
        if (!changes[j].empty()) {
            double const share = sums_.mean_share({.masked = masked, .masker = j}, band);
            left -= share * (1.0 - kept(changes[j], band, masked));
        }
    }
    return 10.0 * std::log10(kept(changes[masked], band, masked) / left);
}

double
FixForecast::change_db(std::span<Fix const> fixes, std::size_t masked, std::size_t band) const {
    return change_db(changes_of(fixes), masked, band);
}

double FixForecast::score_db(std::span<Fix const> fixes) const {
    auto const changes = changes_of(fixes);
    double score = 0.0;
    for (std::size_t i = 0; i < sums_.stems(); ++i) {
        double cost = 0.0;
        for (std::size_t b = 0; b < sums_.bands(); ++b) {
            auto const& lack = sums_.lack(i, b);
            if (lack.weight > 0.0) {
                cost += sums_.goal(i, b).priority * lack.mass_after(change_db(changes, i, b));
            }
        }
        score += sums_.weight(i) > 0.0 ? cost / sums_.weight(i) : 0.0;
    }
    return score;
}

double FixForecast::margin_db(std::span<Fix const> fixes, MaskingEvent const& event) const {
    auto const bands = main_bands(event);
    auto const masked = event.pair.masked;
    auto const changes = changes_of(fixes);
    double weight = 0.0;
    double change = 0.0;
    for (auto b = bands.low; b <= bands.high; ++b) {
        double left = 1.0;
        for (std::size_t j = 0; j < sums_.stems() && event.weight > 0.0; ++j) {
            left -= event.share[j] / event.weight * (1.0 - kept(changes[j], b, masked));
        }
        auto const band_weight = static_cast<double>(event.bands[b].weight);
        weight += band_weight;
        change += band_weight * 10.0 * std::log10(kept(changes[masked], b, masked) / left);
    }
    return mean_margin_db(event, bands) + (weight > 0.0 ? change / weight : 0.0);
}

Balance FixForecast::balance(std::span<Fix const> fixes) const {
    Balance after = balance_;
    auto const changes = changes_of(fixes);
    std::vector<double> spectrum(sums_.bands(), 0.0);
    double loudness_before = 0.0;
    double loudness_after = 0.0;
    for (std::size_t i = 0; i < sums_.stems(); ++i) {
        double before = 0.0;
        double weighted = 0.0;
        for (std::size_t b = 0; b < sums_.bands(); ++b) {
            double const power = balance_.stem_spectra[i][b];
            double const then = power * kept(changes[i], b, kNobody);
            before += loudness_weight_[b] * power;
            weighted += loudness_weight_[b] * then;
            after.stem_spectra[i][b] = then;
            spectrum[b] += then;
        }
        loudness_before += before;
        loudness_after += weighted;
        if (after.stem_lufs[i] && before > 0.0) {
            *after.stem_lufs[i] += db_from_power(weighted / before);
        }
    }
    if (after.integrated_lufs && loudness_before > 0.0) {
        *after.integrated_lufs += db_from_power(loudness_after / loudness_before);
    }
    after.spectrum = std::move(spectrum);
    return after;
}

} // namespace stemlathe
