#pragma once

#include "host/model/session.hpp"
#include "host/report/report.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// What intake says of a session.
struct IntakeReading {
    std::string folder{};  ///< the session folder's own name
    std::string verdict{}; ///< accept, warn, refuse
    std::vector<Finding> findings{};
    int stems = 0; ///< that can be used
    int rate_hz = 0;
    double duration_s = 0.0;
    std::optional<NullReading> null_vs_reference = std::nullopt; ///< nullopt: no reference mix
};

/// Intake alone: the first step of every job, told whole. A session that cannot be mastered is a
/// reading like any other, and what can be said of its sound stems stands beside what is wrong.
/// @throws Failure{not_found, invalid_session} as scan_session; {invalid_argument} the preview lies
/// outside the song; {cancelled}, and what a backend may
[[nodiscard]] IntakeReading check_session(
    std::filesystem::path const& folder,
    std::optional<PreviewRange> const& preview,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
