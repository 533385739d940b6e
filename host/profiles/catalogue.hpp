#pragma once

#include "host/model/plan.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// A label's own delivery, from profiles.toml.
struct CustomProfile {
    std::string name{};
    std::string what{}; ///< its `description`: one line for `stemlathe profiles`
    std::string file{}; ///< where it was defined
    /// What it sets. `profile` is its name and `based_on` the built-in profile at the end of the
    /// chain, with everything in between merged in.
    DeliveryPlan fields{};
    DeliveryPlan example{}; ///< what it comes to for a session at a usual rate
};

/// The custom profiles that a job knows beside the built-in ones.
class ProfileCatalogue {
  public:
    [[nodiscard]] std::vector<CustomProfile> const& custom() const noexcept {
        return profiles_;
    }

    /// nullptr: there is none of that name.
    [[nodiscard]] CustomProfile const* find(std::string_view name) const noexcept;

    /// One that is already there by that name gives way to this one, in its place.
    void add(CustomProfile profile);

  private:
    std::vector<CustomProfile> profiles_;
};

/// `wish` with what it leaves open taken from `base`.
[[nodiscard]] DeliveryPlan merged(DeliveryPlan const& wish, DeliveryPlan const& base);

/// The plan with its deliveries made to stand for themselves: one that names a custom profile gets
/// `based_on` and everything that the profile sets. A delivery that has `based_on` already is left
/// as it is, so that a plan which was written once never depends on profiles.toml again.
/// @param deliver  what is asked for by name: a custom profile that the plan has no delivery of is
/// added to the plan
/// @throws Failure{invalid_argument} a name in `deliver` or a delivery's profile is none; names the
/// nearest
[[nodiscard]] MasteringPlan with_profiles(
    MasteringPlan plan, std::vector<std::string> const& deliver, ProfileCatalogue const& catalogue
);

} // namespace stemlathe
