#include "host/pipeline/job_report.hpp"

#include "host/engine_generation.hpp"
#include "host/session/scan.hpp"
#include "host/version.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

EngineReading engine_reading(Backend const& backend, Run const& run) {
    auto const& info = backend.info();
    return {
        .version = std::string{kVersion},
        .commit = std::string{kCommit},
        .generation = engine_generation(),
        .backend = info.backend,
        .device = info.identity,
        .device_name = info.name,
        .reason = info.reason,
        .threads = run.tasks().threads()};
}

std::int64_t peak_memory_bytes() {
    struct rusage usage {};

    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

Timing timing_of(Run const& run, JobClock::time_point start) {
    Timing timing{.audio_s = run.audio_s};
    timing.wall_s = std::chrono::duration<double>(JobClock::now() - start).count();
    timing.peak_memory_bytes = peak_memory_bytes();
    for (auto const& stage : run.times()) {
        timing.stages.push_back({.name = stage.name, .wall_s = stage.wall_s});
    }
    return timing;
}

} // namespace

void choose_segments(Run& run, Backend const& backend, Admitted const& admitted) {
    auto const frames = std::max<std::int64_t>(admitted.window.frames, 1);
    if (run.segment_frames <= 0) {
        run.segment_frames = backend.info().segment_frames;
    }
    run.segment_frames = std::clamp<std::int64_t>(run.segment_frames, 1, frames);
    run.audio_s = static_cast<double>(admitted.window.frames) / admitted.session.rate_hz;
}

MasteringReport report_of(Admitted const& admitted, Survey surveyed, MasterJob const& job) {
    auto const& session = admitted.session;
    MasteringReport report{.info = session.info};
    report.folder = std::filesystem::canonical(job.session).filename().string();
    report.duration_s = static_cast<double>(admitted.window.frames) / session.rate_hz;
    report.sample_rate_hz = session.rate_hz;
    report.stem_count = static_cast<int>(session.stems.size());
    if (job.preview) { // as rendered: the wish may reach beyond the song's end
        double const from_s = static_cast<double>(admitted.window.from_frame) / session.rate_hz;
        report.preview = PreviewRange{.from_s = from_s, .to_s = from_s + report.duration_s};
    }
    report.verdict = verdict_of(session.findings);
    report.findings = session.findings;
    report.stems = std::move(surveyed.stems);
    report.mix = surveyed.mix;
    report.mix_short_term_lufs = std::move(surveyed.mix_short_term_lufs);
    return report;
}

void sign(
    MasteringReport& report, Backend const& backend, Run const& run, JobClock::time_point start
) {
    report.engine = engine_reading(backend, run);
    report.timing = timing_of(run, start);
}

} // namespace stemlathe
