#include "service/cli/submit_options.hpp"

#include "host/model/profile.hpp"
#include "host/plan/plan_toml.hpp"

namespace stemlathe::service {

void SubmitOptions::declare(Arguments& arguments) {
    arguments.option("--plan", plan_);
    arguments.list("--deliver", deliver_);
    arguments.option("--preset", preset_);
    arguments.option("--client", client_);
    arguments.option("--class", class_);
    arguments.flag("--force", force_);
}

SubmitWish SubmitOptions::wish() const {
    if (class_ != "preview" && class_ != "normal" && class_ != "bulk") {
        refuse_value("--class", class_, "preview, normal or bulk");
    }
    for (auto const& name : deliver_) {
        static_cast<void>(profile_named(name)); // throws with the nearest name
    }
    SubmitWish wish{
        .deliveries = deliver_,
        .klass = class_,
        .preset = preset_,
        .client = client_,
        .force = force_};
    if (!plan_.empty()) {
        static_cast<void>(load_plan(plan_)); // what is wrong with it is better said before
        wish.plan = plan_;
    }
    return wish;
}

} // namespace stemlathe::service
