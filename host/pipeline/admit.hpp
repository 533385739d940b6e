#pragma once

#include "host/pipeline/master.hpp"
#include "host/pipeline/source.hpp"
#include "host/pipeline/survey.hpp"

namespace stemlathe {

/// A session that may be rendered.
struct Admitted {
    Session session{};
    Window window{};
    MasteringPlan plan{}; ///< resolved but for what needs audio
};

/// The stretch that a preview names; the whole song where there is none.
/// @throws Failure{invalid_argument} it lies outside the song, or ends before it starts
[[nodiscard]] Window window_of(Session const& session, std::optional<PreviewRange> const& preview);

/// Scans the session and resolves the plan as far as it goes without audio.
/// @throws IntakeRefused unless `job.force`; Failure for a wrong session, plan or preview
[[nodiscard]] Admitted admit(MasterJob const& job);

/// Surveys the audio. Stems that turn out to be damaged are left out under `job.force`, and what is
/// left is surveyed again; `admitted` follows.
/// @throws IntakeRefused unless `job.force`
[[nodiscard]] Survey
survey_admitted(Admitted& admitted, MasterJob const& job, Backend& backend, Run& run);

} // namespace stemlathe
