#include "service/cli/job_options.hpp"

#include "host/model/profile.hpp"
#include "host/plan/plan_toml.hpp"

namespace stemlathe::service {

void JobOptions::declare(Arguments& arguments) {
    declare_analysis(arguments);
    arguments.list("--deliver", deliver);
    arguments.flag("--apply-comments", apply_comments);
}

void JobOptions::declare_analysis(Arguments& arguments) {
    common.declare(arguments);
    arguments.positional("SESSION", session);
    arguments.option("--out", out);
    arguments.option("--plan", plan);
    arguments.flag("--force", force);
}

MasterJob JobOptions::job() const {
    for (auto const& name : deliver) {
        static_cast<void>(profile_named(name)); // before any work: a wrong name is told at once
    }
    MasterJob job;
    job.session = session;
    job.out = out;
    job.plan = plan.empty() ? MasteringPlan{} : load_plan(plan);
    job.deliver = deliver;
    job.preview = common.preview();
    job.force = force;
    job.apply_comments = apply_comments;
    return job;
}

} // namespace stemlathe::service
