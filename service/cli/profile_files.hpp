#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace stemlathe::service {

/// Where custom profiles are looked for, the stronger one last: stemlathe/profiles.toml in
/// $XDG_CONFIG_HOME (else ~/.config), and profiles.toml in the session folder. None of them needs
/// to be there.
/// @param session  may be empty
[[nodiscard]] std::vector<std::filesystem::path> profile_files(std::string const& session);

} // namespace stemlathe::service
