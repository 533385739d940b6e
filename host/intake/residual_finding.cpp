#include "host/intake/residual_finding.hpp"

#include "host/intake/finding_moment.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe {

namespace {

constexpr double kConfirm_db = -12.0;
/// What the best explanation leaves is something else where it is more than this ...
constexpr double kSomethingElse_db = -22.0;
/// ... or hardly less than what there is to explain.
constexpr double kExplained_db = 3.0;
/// A moving gain explains what is left where it takes this much away, and moves at all.
constexpr double kMovingGain_db = 6.0;
constexpr double kSwing_db = 0.5;

std::string
set_worst_moment(Finding& finding, NullDiagnosis const& diagnosis, NullContext const& context) {
    auto const& products = diagnosis.products;
    return set_moment(finding, products, context, [&](std::size_t block) {
        return residual_energy(
            products.products, block, products.placed, diagnosis.fit.stems.gains, products.reference
        );
    });
}

double moving_db(BusProcessing const& bus) {
    return std::min(bus.moving_db, bus.balanced_db);
}

/// Nothing that is done to a sum explains it: not nearly, or not at all.
bool is_something_else(BusProcessing const& bus) {
    return bus.best_db() > kSomethingElse_db || bus.best_db() > bus.constant_db - kExplained_db;
}

bool is_limited(BusProcessing const& bus) {
    return moving_db(bus) <= bus.constant_db - kMovingGain_db && bus.swing_db >= kSwing_db &&
           bus.is_lower_when_loud;
}

std::string kind_of(BusProcessing const& bus) {
    if (bus.filter_db <= std::min(moving_db(bus), bus.curve_db)) {
        return "equaliser, codec or effects";
    }
    return bus.curve_db < moving_db(bus) ? "clipping or saturation" : "automation or dynamics";
}

/// Code and message of a finding that is more than usual.
void explain(
    Finding& finding,
    BusProcessing const& bus,
    std::string const& reference,
    double left_db,
    std::string const& moment
) {
    auto const* const confirm = left_db > kConfirm_db ? "; please confirm that this is meant" : "";
    if (is_something_else(bus)) {
        bool const is_all = bus.best_db() > bus.constant_db - kExplained_db;
        finding.code = "missing_stem";
        finding.measured = is_all ? left_db : bus.best_db(); // the rest is processing
        finding.message = fmt::format(
            "{} holds something that is in no stem, {:.1f} dB below the mix, loudest at {}; send "
            "the stem that is missing, or say in a comment that it is an effect of the mix bus{}",
            reference,
            -*finding.measured,
            moment,
            confirm
        );
    } else if (is_limited(bus)) {
        finding.code = "bus_limited";
        finding.message = fmt::format(
            "{} was limited or compressed on the mix bus: its gain moves by {:.1f} dB, which "
            "leaves {:.1f} dB between it and the stems, most at {}. The stems lack that "
            "processing: say in a comment if it is part of the sound{}",
            reference,
            bus.swing_db,
            left_db,
            moment,
            confirm
        );
    } else {
        finding.message = fmt::format(
            "{} was processed after the stems were summed ({}), which leaves {:.1f} dB between it "
            "and them, most at {}. The stems lack that processing: say in a comment if it is part "
            "of the sound{}",
            reference,
            kind_of(bus),
            left_db,
            moment,
            confirm
        );
    }
}

} // namespace

std::optional<Finding>
residual_finding(NullDiagnosis const& diagnosis, NullContext const& context) {
    double const left_db = diagnosis.fit.fitted_db;
    if (left_db <= kNullPass_db) {
        return std::nullopt;
    }
    bool const is_much = left_db > kNullWarn_db;
    Finding finding{
        .code = "null_residual",
        .severity = is_much ? Severity::warn : Severity::info,
        .measured = left_db,
        .limit = is_much ? kNullWarn_db : kNullPass_db,
        .unit = "dB"};
    auto const moment = set_worst_moment(finding, diagnosis, context);
    auto const& reference = context.reference.stem.file;
    if (is_much && diagnosis.bus) {
        explain(finding, *diagnosis.bus, reference, left_db, moment);
    } else {
        finding.message = fmt::format(
            "the stems add up to {} but for {:.1f} dB, most at {}: mix-bus processing or "
            "automation, as is usual",
            reference,
            left_db,
            moment
        );
    }
    return finding;
}

} // namespace stemlathe
