#pragma once

#include "host/masking/listening.hpp"
#include "host/pipeline/master.hpp"

#include <filesystem>

namespace stemlathe {

/// What an analysis is asked to do. Of `master` it takes session, plan, preview, force and out.
struct FeedbackJob {
    MasterJob master{};
    Listening listening{};
    std::filesystem::path margins{}; ///< a table of every margin; empty: none
};

/// Masking and mix feedback without masters: the stems as the plan processes them, who covers whom,
/// what would help. report.html, report.json and manifest.json lie in OUT when it returns.
/// @throws IntakeRefused, Failure{invalid_argument} OUT holds masters, and every Failure of its
/// steps
[[nodiscard]] MasteringReport give_feedback(FeedbackJob const& job, Backend& backend, Run& run);

} // namespace stemlathe
