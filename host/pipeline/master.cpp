#include "host/pipeline/master.hpp"

#include "host/output/output_folder.hpp"
#include "host/pipeline/admit.hpp"
#include "host/pipeline/deliver.hpp"
#include "host/pipeline/publish.hpp"
#include "host/pipeline/render_bus.hpp"
#include "host/pipeline/resolve.hpp"
#include "host/pipeline/room.hpp"
#include "host/pipeline/short_memory.hpp"
#include "host/session/scan.hpp"
#include "host/version.hpp"
#include "kernels/base/assert.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace stemlathe {

namespace {

using Clock = std::chrono::steady_clock;

void choose_segments(Run& run, Backend const& backend, Window const& window) {
    run.audio_s = 0.0;
    if (run.segment_frames <= 0) {
        run.segment_frames = backend.info().segment_frames;
    }
    run.segment_frames =
        std::clamp<std::int64_t>(run.segment_frames, 1, std::max<std::int64_t>(window.frames, 1));
}

EngineReading engine_reading(Backend const& backend, Run const& run) {
    auto const& info = backend.info();
    return {
        .version = std::string{kVersion},
        .commit = std::string{kCommit},
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

Timing timing_of(Run const& run, Clock::time_point start) {
    Timing timing{.audio_s = run.audio_s};
    timing.wall_s = std::chrono::duration<double>(Clock::now() - start).count();
    timing.peak_memory_bytes = peak_memory_bytes();
    for (auto const& stage : run.times()) {
        timing.stages.push_back({.name = stage.name, .wall_s = stage.wall_s});
    }
    return timing;
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

/// Stems deliveries were written during the render; they take their places in the plan's order.
void add_stem_deliveries(
    std::vector<DeliveryReport>& reports,
    std::vector<StemFiles> const& files,
    MasteringPlan const& plan
) {
    for (std::size_t i = 0; i < reports.size(); ++i) {
        auto const found = std::ranges::find(files, plan.delivery[i].name, &StemFiles::name);
        if (found != files.end()) {
            reports[i] = found->verify();
        }
    }
}

} // namespace

MasteringReport master(MasterJob const& job, Backend& backend, Run& run) {
    auto const start = Clock::now();
    run.begin("scan", 1.0);
    auto admitted = admit(job);
    choose_segments(run, backend, admitted.window);
    OutputFolder out{job.out};
    require_room(out.folder(), admitted.plan, admitted.session, admitted.window, backend, run);

    run.audio_s = static_cast<double>(admitted.window.frames) / admitted.session.rate_hz;
    run.begin("survey", 24.0);
    auto surveyed = survey_admitted(admitted, job, backend, run);
    auto const& session = admitted.session;
    auto const& window = admitted.window;

    run.begin("render", 15.0);
    auto rendered = with_less_memory(run, [&] {
        return render_bus(admitted.plan, session, window, &out, backend, run);
    });
    STEMLATHE_ASSERT(is_resolved(rendered.plan));
    auto report = report_of(admitted, std::move(surveyed), job);
    report.plan = rendered.plan;
    run.begin("multiband", 15.0);
    auto const bus = with_less_memory(run, [&] {
        return process_bus(
            rendered.bus, rendered.plan, session.rate_hz, backend, run, report.multiband
        );
    });

    rendered.bus.reset();

    run.begin("deliver", 43.0);
    auto inputs = inputs_of(session);
    auto const errands = hash_errands(inputs, session);
    auto deliveries = with_less_memory(run, [&] {
        return deliver(bus, rendered.plan, session, window, out, errands, backend, run);
    });
    add_stem_deliveries(deliveries.reports, rendered.stem_files, rendered.plan);
    report.deliveries = std::move(deliveries.reports);

    run.begin("report", 2.0);
    report.engine = engine_reading(backend, run);
    report.timing = timing_of(run, start);
    publish(out, report, rendered.plan, std::move(inputs), std::move(deliveries.companions));
    run.end();
    return report;
}

MasteringPlan resolve_plan(MasterJob const& job, Backend& backend, Run& run) {
    run.begin("scan", 1.0);
    auto admitted = admit(job);
    choose_segments(run, backend, admitted.window);
    run.audio_s = static_cast<double>(admitted.window.frames) / admitted.session.rate_hz;
    run.begin("survey", 59.0);
    (void)survey_admitted(admitted, job, backend, run);
    run.begin("render", 40.0);
    if (is_resolved(admitted.plan)) {
        run.end();
        return admitted.plan;
    }
    auto rendered = with_less_memory(run, [&] {
        return render_bus(admitted.plan, admitted.session, admitted.window, nullptr, backend, run);
    });
    run.end();
    return rendered.plan;
}

} // namespace stemlathe
