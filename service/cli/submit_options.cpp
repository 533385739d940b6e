#include "service/cli/submit_options.hpp"

#include "host/plan/plan_toml.hpp"
#include "host/profiles/profiles_toml.hpp"
#include "service/cli/job_options.hpp"
#include "service/cli/profile_files.hpp"

namespace stemlathe::service {

void SubmitOptions::declare(Arguments& arguments) {
    arguments.option("--plan", plan_);
    arguments.list("--deliver", deliver_);
    arguments.list("--versions", versions_);
    arguments.option("--version-peaks", version_peaks_);
    arguments.option("--preset", preset_);
    arguments.option("--client", client_);
    arguments.option("--class", class_);
    arguments.flag("--force", force_);
}

SubmitWish SubmitOptions::wish(std::string const& session) const {
    if (class_ != "preview" && class_ != "normal" && class_ != "bulk") {
        refuse_value("--class", class_, "preview, normal or bulk");
    }
    // What is wrong with plan and names is better said before anything is sent.
    static_cast<void>(with_profiles(
        plan_.empty() ? MasteringPlan{} : load_plan(plan_),
        deliver_,
        load_profiles(profile_files(session))
    ));
    SubmitWish wish{
        .deliveries = deliver_,
        .profile_files = profile_files({}),
        .versions = {.names = versions_, .peaks = version_peaks_named(version_peaks_)},
        .klass = class_,
        .preset = preset_,
        .client = client_,
        .force = force_};
    if (!plan_.empty()) {
        wish.plan = plan_;
    }
    return wish;
}

} // namespace stemlathe::service
