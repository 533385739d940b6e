#include "host/pipeline/feedback.hpp"

#include "host/output/output_folder.hpp"
#include "host/pipeline/admit.hpp"
#include "host/pipeline/consider.hpp"
#include "host/pipeline/job_report.hpp"
#include "host/pipeline/publish.hpp"

#include <fmt/format.h>

#include <utility>

namespace stemlathe {

namespace {

/// To publish is to remove what an earlier job left: nobody loses masters by asking for a report.
void refuse_masters(std::filesystem::path const& out) {
    if (std::filesystem::exists(out / "masters")) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} holds masters, which a report without masters would take the place of; choose "
                "another folder",
                out.string()
            )}
            .about_key("out");
    }
}

} // namespace

MasteringReport give_feedback(FeedbackJob const& job, Backend& backend, Run& run) {
    auto const start = JobClock::now();
    run.begin("scan", 1.0);
    refuse_masters(job.master.out);
    auto admitted = admit(job.master);
    choose_segments(run, backend, admitted);
    OutputFolder out{job.master.out};
    run.begin("survey", 39.0);
    auto surveyed = survey_admitted(admitted, job.master, backend, run);
    auto considered = consider(
        admitted,
        job.master.plan,
        surveyed,
        {.listening = job.listening, .fix = false, .margins = job.margins, .percent = 58.0},
        backend,
        run
    );
    run.begin("report", 2.0);
    auto inputs = inputs_of(admitted.session);
    auto const errands = hash_errands(inputs, admitted.session);
    run.tasks().for_each(errands.size(), [&](std::size_t i) { errands[i](); });
    auto report = report_of(admitted, std::move(surveyed), job.master);
    report.masking = std::move(considered.masking);
    report.comments = std::move(considered.comments);
    report.plan = std::move(considered.plan);
    sign(report, backend, run, start);
    publish_report(out, report, std::move(inputs));
    run.end();
    return report;
}

} // namespace stemlathe
