#include "service/client/ordered_plan.hpp"

#include "host/model/profile.hpp"
#include "host/pipeline/resolve.hpp"
#include "host/plan/plan_json.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/profiles/profiles_toml.hpp"
#include "host/versions/resolve_versions.hpp"
#include "kernels/base/failure.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace stemlathe::service {

namespace {

void require_no_preset(SubmitWish const& wish, std::string_view option, std::string const& value) {
    if (!wish.preset.empty() && !wish.plan) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} {} needs a plan of its own, which would hide that of the preset {}; name a "
                "plan too (--plan), or leave one of them out",
                option,
                value,
                wish.preset
            )}
            .about_key(std::string{option.substr(2)});
    }
}

} // namespace

OrderedPlan ordered_plan(SubmitWish const& wish, Session const& session) {
    auto files = wish.profile_files;
    files.push_back(session.folder / "profiles.toml");
    auto plan = with_profiles(
        wish.plan ? load_plan(*wish.plan) : MasteringPlan{}, wish.deliveries, load_profiles(files)
    );
    OrderedPlan ordered{.deliveries = wish.deliveries};
    bool needs_plan = wish.plan.has_value();
    auto const own = std::ranges::find_if_not(wish.deliveries, is_built_in);
    if (own != wish.deliveries.end()) { // the service knows them by what the plan says of them
        require_no_preset(wish, "--deliver", *own);
        plan.delivery = wanted_deliveries(plan, wish.deliveries);
        ordered.deliveries.clear();
        needs_plan = true;
    }
    if (!wish.versions.names.empty() || (wish.versions.peaks && wish.plan)) {
        if (!wish.versions.names.empty()) {
            require_no_preset(wish, "--versions", wish.versions.names.front());
        }
        plan.version = resolve_versions(plan, wish.versions, session);
        needs_plan = true;
    }
    if (needs_plan) {
        ordered.plan = boost::json::parse(plan_json(plan));
    }
    return ordered;
}

} // namespace stemlathe::service
