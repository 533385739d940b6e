#include "host/pipeline/master.hpp"

#include "host/comments/complete.hpp"
#include "host/output/output_folder.hpp"
#include "host/pipeline/admit.hpp"
#include "host/pipeline/consider.hpp"
#include "host/pipeline/deliver.hpp"
#include "host/pipeline/job_report.hpp"
#include "host/pipeline/publish.hpp"
#include "host/pipeline/render_bus.hpp"
#include "host/pipeline/resolve.hpp"
#include "host/pipeline/room.hpp"
#include "host/pipeline/short_memory.hpp"
#include "host/qc/packages.hpp"
#include "kernels/base/assert.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace stemlathe {

namespace {

/// Stems deliveries were written during the render; they take their places in the plan's order.
void add_stem_deliveries(
    std::vector<DeliveryReport>& reports,
    std::vector<StemFiles> const& files,
    MasteringPlan const& plan,
    Run& run
) {
    for (std::size_t i = 0; i < reports.size(); ++i) {
        auto const found = std::ranges::find(files, plan.delivery[i].name, &StemFiles::name);
        if (found != files.end()) {
            reports[i] = found->verify(run);
        }
    }
}

/// Each delivery and, behind it, its versions.
std::vector<DeliveryReport> in_order(Deliveries deliveries) {
    std::vector<DeliveryReport> reports;
    for (std::size_t i = 0; i < deliveries.reports.size(); ++i) {
        reports.push_back(std::move(deliveries.reports[i]));
        std::ranges::move(deliveries.versions[i], std::back_inserter(reports));
    }
    return reports;
}

double start_s(MasteringReport const& report) {
    return report.preview ? report.preview->from_s : 0.0;
}

/// Left out is "auto".
bool fixes_masking(MasterJob const& job) {
    return job.plan.masking_fix.value_or(true);
}

/// The stems are listened to for masking and for comments; with neither, the plan stands as it is.
bool listens(MasterJob const& job, Session const& session) {
    return fixes_masking(job) || !session.comments.empty();
}

Considered consider_if_asked(
    Admitted const& admitted,
    Survey const& surveyed,
    MasterJob const& job,
    double percent,
    Backend& backend,
    Run& run
) {
    if (!listens(job, admitted.session)) {
        return {.plan = admitted.plan};
    }
    return consider(
        admitted,
        job.plan,
        surveyed,
        {.fix = fixes_masking(job), .apply_comments = job.apply_comments, .percent = percent},
        backend,
        run
    );
}

} // namespace

MasteringReport master(MasterJob const& job, Backend& backend, Run& run) {
    auto const start = JobClock::now();
    run.begin("scan", 1.0);
    auto admitted = admit(job);
    choose_segments(run, backend, admitted);
    OutputFolder out{job.out};
    require_room(out.folder(), admitted.plan, admitted.session, admitted.window, backend, run);

    double const rest = listens(job, admitted.session) ? 0.5 : 1.0;
    run.begin("survey", 24.0 * rest);
    auto surveyed = survey_admitted(admitted, job, backend, run);
    auto const& session = admitted.session;
    auto const& window = admitted.window;
    auto considered = consider_if_asked(admitted, surveyed, job, 48.5, backend, run);

    run.begin("render", 15.0 * rest);
    auto rendered = with_less_memory(run, [&] {
        return render_bus(considered.plan, session, window, &out, backend, run);
    });
    STEMLATHE_ASSERT(is_resolved(rendered.plan));
    auto report = report_of(admitted, std::move(surveyed), job);
    report.plan = rendered.plan;
    report.masking = std::move(considered.masking);
    report.comments = std::move(considered.comments);
    run.begin("multiband", 15.0 * rest);
    auto const bus = with_less_memory(run, [&] {
        return process_bus(
            rendered.bus, rendered.plan, session.rate_hz, backend, run, report.multiband
        );
    });

    for (auto& version : rendered.versions) {
        version = with_less_memory(run, [&] {
            return process_version(
                *rendered.bus, version, rendered.plan, session.rate_hz, backend, run
            );
        });
    }
    rendered.bus.reset();

    run.begin("deliver", 43.0 * rest);
    auto inputs = inputs_of(session);
    auto const errands = hash_errands(inputs, session);
    auto deliveries = with_less_memory(run, [&] {
        return deliver(
            bus, rendered.versions, rendered.plan, session, window, out, errands, backend, run
        );
    });
    add_stem_deliveries(deliveries.reports, rendered.stem_files, rendered.plan, run);
    auto companions = std::move(deliveries.companions);
    report.deliveries = in_order(std::move(deliveries));
    if (report.comments) {
        add_gain_reduction(*report.comments, report.deliveries, start_s(report));
    }

    run.begin("report", 2.0 * rest);
    note_missing_fonts(report);
    sign(report, backend, run, start);
    publish(out, report, rendered.plan, std::move(inputs), std::move(companions), run.tasks());
    run.end();
    return report;
}

MasteringPlan resolve_plan(MasterJob const& job, Backend& backend, Run& run) {
    run.begin("scan", 1.0);
    auto admitted = admit(job);
    choose_segments(run, backend, admitted);
    bool const looks = listens(job, admitted.session);
    run.begin("survey", looks ? 20.0 : 59.0);
    auto const surveyed = survey_admitted(admitted, job, backend, run);
    auto considered = consider_if_asked(admitted, surveyed, job, 59.0, backend, run);
    run.begin("render", looks ? 20.0 : 40.0);
    if (is_resolved(considered.plan)) {
        run.end();
        return considered.plan;
    }
    auto rendered = with_less_memory(run, [&] {
        return render_bus(
            considered.plan, admitted.session, admitted.window, nullptr, backend, run
        );
    });
    run.end();
    return rendered.plan;
}

} // namespace stemlathe
