#include "host/masking/apply_fixes.hpp"

#include "kernels/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

StemPlan& plan_of(MasteringPlan& plan, std::string const& file) {
    auto const found = std::ranges::find(plan.stem, file, &StemPlan::match);
    STEMLATHE_ASSERT(found != plan.stem.end()); // a resolved plan has one for every file
    return *found;
}

} // namespace

MasteringPlan with_fixes(
    MasteringPlan plan,
    std::span<Fix const> fixes,
    double makeup_db,
    std::span<std::string const> files
) {
    for (auto const& fix : fixes) {
        auto& stem = plan_of(plan, files[fix.pair.masker]);
        if (fix.is_gain()) {
            stem.gain_db += fix.band.band.gain_db;
            continue;
        }
        auto bands = stem.eq.is_set() ? stem.eq.value() : std::vector<PlanBand>{};
        bands.push_back(fix.band);
        stem.eq = std::move(bands);
    }
    for (auto const& file : files) {
        auto& gain_db = plan_of(plan, file).gain_db;
        gain_db = std::round(100.0 * (gain_db + makeup_db)) / 100.0; // not 0.30000000000000004
    }
    return plan;
}

} // namespace stemlathe
