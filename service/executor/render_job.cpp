#include "service/executor/render_job.hpp"

#include "host/compare/compare.hpp"
#include "host/compare/comparison_json.hpp"
#include "host/pipeline/feedback.hpp"
#include "host/pipeline/master.hpp"
#include "host/plan/plan_json.hpp"
#include "kernels/base/failure.hpp"
#include "service/executor/result_json.hpp"
#include "service/executor/review.hpp"

#include <utility>

namespace stemlathe::service {

namespace {

constexpr double kWholeSong_s = 6.0 * 3600.0;

MasterJob job_of(Order const& order) {
    MasterJob job{
        .session = order.folder,
        .out = order.out,
        .deliver = order.deliveries,
        .apply_comments = order.apply_comments};
    if (order.plan != "null") {
        job.plan = parse_plan_json(order.plan, "plan");
    }
    if (order.from_s || order.to_s) {
        job.preview = PreviewRange{
            .from_s = order.from_s.value_or(0.0), .to_s = order.to_s.value_or(kWholeSong_s)};
    }
    return job;
}

boost::json::object render(Order const& order, Backend& backend, Run& run) {
    return result_json(master(job_of(order), backend, run));
}

/// The report says what is wrong and what would help; the plan that is suggested does it.
boost::json::object analyse(Order const& order, Backend& backend, Run& run) {
    auto const job = job_of(order);
    auto report = give_feedback({.master = job}, backend, run);
    report.plan = resolve_plan(job, backend, run);
    return result_json(report);
}

/// Two masters of one song, which lie in the folder under fixed names.
boost::json::object compare(Order const& order, Run& run) {
    constexpr double kAll_percent = 100.0;
    run.begin("compare", kAll_percent);
    auto const comparison = compare_files(
        order.folder / kComparedFiles[0], order.folder / kComparedFiles[1], run.stop()
    );
    run.end();
    return {{"comparison", comparison_json(comparison)}};
}

} // namespace

boost::json::object do_order(Order const& order, Backend& backend, Run& run) {
    run.scratch_directory = order.scratch;
    if (order.kind == "render") {
        return render(order, backend, run);
    }
    if (order.kind == "analysis") {
        return analyse(order, backend, run);
    }
    if (order.kind == "review") {
        make_review(order.out / order.source, order.out, backend, run);
        return {};
    }
    if (order.kind == "compare") {
        return compare(order, run);
    }
    throw Failure{Code::internal, "an executor knows no job of the kind \"" + order.kind + "\""};
}

} // namespace stemlathe::service
