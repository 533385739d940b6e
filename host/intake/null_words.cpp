#include "host/intake/null_words.hpp"

#include "host/intake/null_fit.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace stemlathe {

namespace {

std::string verdict(double residual_db) {
    if (residual_db <= kNullFloor_db) {
        return "nothing is left";
    }
    return residual_db <= kNullPass_db
               ? fmt::format("only {:.1f} dB are left, no more than rounding", residual_db)
               : fmt::format("{:.1f} dB are left", residual_db);
}

} // namespace

std::string null_words(std::optional<NullReading> const& reading) {
    if (!reading) {
        return {};
    }
    std::string how;
    if (reading->offset_samples != 0) {
        auto const samples = std::abs(reading->offset_samples);
        how += fmt::format(", moved by {} {}", samples, samples == 1 ? "sample" : "samples");
    }
    if (std::abs(reading->gain_db) >= 0.005) {
        how += fmt::format(", at {:+.2f} dB", reading->gain_db);
    }
    if (reading->polarity < 0) {
        how += ", upside down";
    }
    return fmt::format(
        "Null test: taken from the reference mix, the sum of the stems{} cancels it so far that "
        "{}.",
        how,
        verdict(reading->residual_db)
    );
}

} // namespace stemlathe
