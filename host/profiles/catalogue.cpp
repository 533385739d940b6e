#include "host/profiles/catalogue.hpp"

#include "host/model/profile.hpp"
#include "host/toml/nearest_name.hpp"
#include "kernels/base/failure.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

template <typename Value>
void fill(Choice<Value>& target, Choice<Value> const& base) {
    if (target.is_auto()) {
        target = base;
    }
}

template <typename Value>
void fill(std::optional<Value>& target, std::optional<Value> const& base) {
    if (!target) {
        target = base;
    }
}

bool is_delivery_of(MasteringPlan const& plan, std::string_view name) {
    return std::ranges::any_of(plan.delivery, [&](DeliveryPlan const& delivery) {
        return delivery.name == name || delivery.profile == name;
    });
}

[[noreturn]] void
refuse_name(std::string const& name, MasteringPlan const& plan, ProfileCatalogue const& catalogue) {
    std::vector<std::string_view> names;
    for (auto const& profile : delivery_profiles()) {
        names.push_back(profile.name);
    }
    for (auto const& profile : catalogue.custom()) {
        names.push_back(profile.name);
    }
    for (auto const& delivery : plan.delivery) {
        names.push_back(delivery.name);
    }
    throw Failure{
        Code::invalid_argument,
        "there is no delivery profile \"" + name + "\"" + suggestion(name, names)}
        .about_key("deliver");
}

/// The delivery as it stands for itself.
DeliveryPlan
expanded(DeliveryPlan wish, MasteringPlan const& plan, ProfileCatalogue const& catalogue) {
    auto const& base = wish.based_on ? *wish.based_on : wish.profile;
    if (is_built_in(base)) {
        return wish;
    }
    auto const* const custom = catalogue.find(base);
    if (custom == nullptr) {
        refuse_name(base, plan, catalogue);
    }
    wish.based_on = std::nullopt; // a custom one: what that is based on stands in its place
    return merged(wish, custom->fields);
}

} // namespace

CustomProfile const* ProfileCatalogue::find(std::string_view name) const noexcept {
    auto const found = std::ranges::find(profiles_, name, &CustomProfile::name);
    return found != profiles_.end() ? &*found : nullptr;
}

void ProfileCatalogue::add(CustomProfile profile) {
    auto const found = std::ranges::find(profiles_, profile.name, &CustomProfile::name);
    if (found != profiles_.end()) {
        *found = std::move(profile);
    } else {
        profiles_.push_back(std::move(profile));
    }
}

DeliveryPlan merged(DeliveryPlan const& wish, DeliveryPlan const& base) {
    DeliveryPlan out = wish;
    fill(out.based_on, base.based_on);
    fill(out.integrated_lufs, base.integrated_lufs);
    fill(out.true_peak_dbtp, base.true_peak_dbtp);
    fill(out.limiter, base.limiter);
    fill(out.gr_budget_db, base.gr_budget_db);
    fill(out.sample_rate_hz, base.sample_rate_hz);
    fill(out.bit_depth, base.bit_depth);
    fill(out.container, base.container);
    fill(out.codec, base.codec);
    fill(out.dither, base.dither);
    fill(out.seed, base.seed);
    fill(out.tolerance_lu, base.tolerance_lu);
    fill(out.integrated_lufs_min, base.integrated_lufs_min);
    fill(out.integrated_lufs_max, base.integrated_lufs_max);
    fill(out.short_form_max_lufs, base.short_form_max_lufs);
    fill(out.low_end, base.low_end);
    fill(out.side_format, base.side_format);
    fill(out.file_name, base.file_name);
    fill(out.metadata.bext, base.metadata.bext);
    fill(out.metadata.tags, base.metadata.tags);
    fill(out.metadata.isrc, base.metadata.isrc);
    fill(out.metadata.replay_gain, base.metadata.replay_gain);
    fill(out.metadata.cue_sheet, base.metadata.cue_sheet);
    return out;
}

MasteringPlan with_profiles(
    MasteringPlan plan, std::vector<std::string> const& deliver, ProfileCatalogue const& catalogue
) {
    for (auto& delivery : plan.delivery) {
        delivery = expanded(std::move(delivery), plan, catalogue);
    }
    for (auto const& name : deliver) {
        if (is_delivery_of(plan, name) || is_built_in(name)) {
            continue;
        }
        plan.delivery.push_back(expanded({.profile = name, .name = name}, plan, catalogue));
    }
    return plan;
}

} // namespace stemlathe
