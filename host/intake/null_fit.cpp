#include "host/intake/null_fit.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe {

namespace {

/// A stem with less of the stems' energy than this is not judged.
constexpr double kJudged = 1e-6;

/// A gain that is known to this share of itself is well known.
constexpr double kWellKnown = 0.05;

constexpr double kErrors = 4.0; ///< standard errors that count as the same

struct Candidate {
    double gain_db = 0.0;
    double energy = 0.0;
};

std::vector<Candidate>
candidates_of(NullFit const& fit, std::span<double const> energies, bool well_known) {
    std::vector<Candidate> out;
    for (std::size_t i = 0; i < energies.size(); ++i) {
        double const gain = std::abs(fit.stems.gains[i]);
        bool const is_known = !well_known || fit.stems.errors[i] < kWellKnown * gain;
        if (fit.is_judged[i] && gain > 0.0 && is_known) {
            out.push_back({.gain_db = db_from_gain(gain), .energy = energies[i]});
        }
    }
    return out;
}

/// Mean of those within the tolerance of `around_db`.
double mean_gain(std::span<Candidate const> candidates, double around_db) {
    double sum = 0.0;
    double energy = 0.0;
    for (auto const& each : candidates) {
        if (std::abs(each.gain_db - around_db) <= kGainTolerance_db) {
            sum += gain_from_db(each.gain_db) * each.energy;
            energy += each.energy;
        }
    }
    return sum / energy;
}

double common_gain(std::span<Candidate const> candidates) {
    std::size_t most = 0;
    double best_db = 0.0;
    for (auto const& centre : candidates) {
        auto const count =
            static_cast<std::size_t>(std::ranges::count_if(candidates, [&](Candidate const& each) {
                return std::abs(each.gain_db - centre.gain_db) <= kGainTolerance_db;
            }));
        bool const is_nearer = std::abs(centre.gain_db) < std::abs(best_db);
        if (count > most || (count == most && is_nearer)) {
            most = count;
            best_db = centre.gain_db;
        }
    }
    if (most > 1 || std::abs(best_db) <= kGainTolerance_db) {
        return mean_gain(candidates, best_db);
    }
    double sum = 0.0;
    double energy = 0.0;
    for (auto const& each : candidates) {
        sum += gain_from_db(each.gain_db) * each.energy;
        energy += each.energy;
    }
    return energy > 0.0 ? sum / energy : 1.0;
}

double relative_db(double part, double whole) {
    return std::max(db_from_power(whole > 0.0 ? part / whole : 0.0), kNullFloor_db);
}

} // namespace

double common_gain_of(std::span<double const> gains, std::span<double const> energies) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < gains.size(); ++i) {
        if (gains[i] != 0.0 && energies[i] > 0.0) {
            candidates.push_back(
                {.gain_db = db_from_gain(std::abs(gains[i])), .energy = energies[i]}
            );
        }
    }
    return common_gain(candidates);
}

NullFit fit_null(NullProducts const& products) {
    NullFit fit{
        .stems = fit_gains(products.products, products.range, products.placed, products.reference)};
    auto const sums = products.products.sum(products.range.first, products.range.end);
    auto const all = products.products.sum(products.common.first, products.common.end);
    std::vector<double> energies;
    double whole = 0.0;
    for (auto const column : products.placed) {
        energies.push_back(sums.at(column, column));
        whole += energies.back();
    }
    double const reference = sums.at(products.reference, products.reference);
    fit.likely_gain = whole > 0.0 ? std::sqrt(reference / whole) : 0.0;
    int votes = 0;
    for (std::size_t i = 0; i < energies.size(); ++i) {
        fit.shares.push_back(whole > 0.0 ? energies[i] / whole : 0.0);
        fit.is_judged.push_back(fit.stems.is_told_apart[i] && fit.shares[i] > kJudged);
        if (fit.is_judged[i]) {
            votes += fit.stems.gains[i] < 0.0 ? -1 : 1;
        }
    }
    fit.polarity = votes < 0 ? -1 : 1;
    auto candidates = candidates_of(fit, energies, true);
    if (candidates.empty()) {
        candidates = candidates_of(fit, energies, false);
    }
    fit.gain = common_gain(candidates);
    std::vector<double> const common(products.sent.size(), fit.gain * fit.polarity);
    fit.sent_db = relative_db(
        residual_energy(all, products.sent, common, products.reference),
        all.at(products.reference, products.reference)
    );
    fit.fitted_db = relative_db(
        residual_energy(sums, products.placed, fit.stems.gains, products.reference), reference
    );
    return fit;
}

bool is_clean(NullFit const& fit) {
    double const tolerance = gain_from_db(kGainTolerance_db) - 1.0;
    for (std::size_t i = 0; i < fit.is_judged.size(); ++i) {
        double const error = kErrors * fit.stems.errors[i] / fit.gain;
        if (fit.is_judged[i] && std::abs(fit.relative_gain(i) - 1.0) > std::max(tolerance, error)) {
            return false;
        }
    }
    return fit.sent_db <= kNullPass_db;
}

} // namespace stemlathe
