#pragma once

#include "host/profiles/catalogue.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// Adds the profiles of a profiles.toml, schema stemlathe.profiles/1: `[[profile]]` with `name`,
/// `based_on` (a built-in profile or another custom one, of this file or of `catalogue`),
/// `description` and every field of a `[[delivery]]`.
/// @throws Failure{invalid_plan} that names file, key and value: unknown keys, values out of range,
/// a container that cannot hold the rest, names that are taken, profiles that are based on
/// themselves
void add_profiles(ProfileCatalogue& catalogue, std::string_view text, std::string const& file);

/// The profiles of all these files; a file that is not there has none. What comes later wins.
[[nodiscard]] ProfileCatalogue load_profiles(std::vector<std::filesystem::path> const& files);

} // namespace stemlathe
