#pragma once

#include "host/model/session.hpp"
#include "host/pipeline/source.hpp"
#include "host/report/report.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <vector>

namespace stemlathe {

/// Pass 0: what the stems are before anything is done to them.
struct Survey {
    std::vector<StemReading> stems;
    MixReading mix;
    std::vector<float> mix_short_term_lufs; ///< per 100 ms
    std::vector<Finding> findings; ///< of the checks (host/intake) and of damage inside files
    bool time_reference_is_wrong = false; ///< see NullOutcome
};

/// Decodes every stem once, and beside them the reference mix where there is one. Stems that turn
/// out to be damaged stand in the findings as `refuse`; the readings are then those of the others.
[[nodiscard]] Survey
survey(Session const& session, Window const& window, Backend& backend, Run& run);

} // namespace stemlathe
