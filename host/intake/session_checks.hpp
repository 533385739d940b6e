#pragma once

#include "host/intake/stem_print.hpp"
#include "host/model/session.hpp"
#include "host/report/report.hpp"

#include <span>
#include <vector>

/// What only shows when all stems are seen together, or measured.
namespace stemlathe {

/// A stem that was surveyed.
struct SurveyedStem {
    Stem const* stem = nullptr;
    StemReading const* reading = nullptr;
    StemPrint const* print = nullptr;
};

/// `duplicate_stem`: two stems are the same audio, be it louder or inverted.
void find_duplicates(std::span<SurveyedStem const> stems, std::vector<Finding>& findings);

/// `true_peak_over`: the waveform between integer samples goes beyond full scale.
void find_true_peaks(std::span<SurveyedStem const> stems, std::vector<Finding>& findings);

/// `late_start`: long silence before the first sound of the whole session.
/// @param window_from_s  where the readings begin in the song; only its start is judged
void find_late_start(
    std::span<SurveyedStem const> stems, double window_from_s, std::vector<Finding>& findings
);

} // namespace stemlathe
