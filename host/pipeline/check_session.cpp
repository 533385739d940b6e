#include "host/pipeline/check_session.hpp"

#include "host/intake/strict.hpp"
#include "host/intake/time_reference.hpp"
#include "host/pipeline/admit.hpp"
#include "host/pipeline/short_memory.hpp"
#include "host/pipeline/survey.hpp"
#include "host/session/scan.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace stemlathe {

IntakeReading check_session(
    std::filesystem::path const& folder,
    std::optional<PreviewRange> const& preview,
    Backend& backend,
    Run& run
) {
    run.begin("scan", 1.0);
    auto session = scan_session(folder);
    run.begin("survey", 99.0);
    std::optional<NullReading> null_vs_reference;
    if (session.frames > 0) {
        auto window = window_of(session, preview);
        if (run.segment_frames <= 0) {
            run.segment_frames = backend.info().segment_frames;
        }
        run.segment_frames = std::min(run.segment_frames, window.frames);
        run.audio_s = static_cast<double>(window.frames) / session.rate_hz;
        auto surveyed =
            with_less_memory(run, [&] { return survey(session, window, backend, run); });
        if (surveyed.time_reference_is_wrong) {
            ignore_time_references(session);
            conform(session);
            window = window_of(session, preview);
            run.segment_frames = std::min(run.segment_frames, window.frames);
            surveyed = with_less_memory(run, [&] { return survey(session, window, backend, run); });
        }
        std::ranges::move(surveyed.findings, std::back_inserter(session.findings));
        null_vs_reference = surveyed.mix.null_vs_reference;
    }
    run.end();
    if (session.strict_intake) {
        refuse_poor_sources(session.findings);
    }
    std::ranges::stable_sort(session.findings, std::ranges::greater{}, &Finding::severity);
    return {
        .folder = std::filesystem::canonical(folder).filename().string(),
        .verdict = verdict_of(session.findings),
        .findings = std::move(session.findings),
        .stems = static_cast<int>(session.stems.size()),
        .rate_hz = session.rate_hz,
        .duration_s = session.duration_s(),
        .null_vs_reference = null_vs_reference};
}

} // namespace stemlathe
