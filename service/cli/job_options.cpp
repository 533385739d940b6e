#include "service/cli/job_options.hpp"

#include "host/plan/plan_toml.hpp"
#include "host/profiles/profiles_toml.hpp"
#include "host/toml/nearest_name.hpp"
#include "kernels/base/failure.hpp"
#include "service/cli/profile_files.hpp"

#include <algorithm>
#include <array>

namespace stemlathe::service {

std::optional<VersionPeaks> version_peaks_named(std::string const& name) {
    constexpr std::array<std::string_view, 2> kNames{"exact", "trim"};
    if (name.empty()) {
        return std::nullopt;
    }
    if (std::ranges::find(kNames, name) == kNames.end()) {
        throw Failure{
            Code::invalid_argument,
            "--version-peaks is \"" + name + "\"" + suggestion(name, kNames)}
            .about_key("version-peaks");
    }
    return name == "trim" ? VersionPeaks::trim : VersionPeaks::exact;
}

void JobOptions::declare(Arguments& arguments) {
    declare_analysis(arguments);
    arguments.list("--deliver", deliver);
    arguments.list("--versions", versions);
    arguments.option("--version-peaks", version_peaks);
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
    MasterJob job;
    job.session = session;
    job.out = out;
    job.plan = with_profiles(
        plan.empty() ? MasteringPlan{} : load_plan(plan),
        deliver,
        load_profiles(profile_files(session))
    );
    job.deliver = deliver;
    job.versions = {.names = versions, .peaks = version_peaks_named(version_peaks)};
    job.preview = common.preview();
    job.force = force;
    job.apply_comments = apply_comments;
    return job;
}

} // namespace stemlathe::service
