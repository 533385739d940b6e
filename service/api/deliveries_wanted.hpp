#pragma once

#include "host/profiles/catalogue.hpp"
#include "service/api/document.hpp"

#include <string>

namespace stemlathe::service {

/// Reads the key "deliveries", a list of profile names, and checks that each profile exists, built
/// in or the house's own.
/// @returns a JSON list; empty: the default set
[[nodiscard]] std::string
deliveries_wanted(DocumentReader& reader, ProfileCatalogue const& profiles);

/// The plan with what the house's own profiles say of its deliveries and of `deliveries` written
/// out, so that whoever renders it needs no profiles.toml.
/// @param plan  JSON or "null"; stays as it is where nothing of the house's own is asked for
/// @throws Failure{invalid_argument} a delivery's profile is none; names the nearest
[[nodiscard]] std::string with_house_profiles(
    std::string const& plan, std::string const& deliveries, ProfileCatalogue const& profiles
);

} // namespace stemlathe::service
