#include "service/cli/profile_files.hpp"

#include <cstdlib>

namespace stemlathe::service {

namespace {

std::filesystem::path folder_in(char const* variable) {
    char const* const value = std::getenv(variable); // NOLINT: nothing sets it meanwhile
    std::filesystem::path const folder{value != nullptr ? value : ""};
    return folder.is_absolute() ? folder : std::filesystem::path{}; // XDG Base Directory, section 2
}

} // namespace

std::vector<std::filesystem::path> profile_files(std::string const& session) {
    std::vector<std::filesystem::path> files;
    auto const config = folder_in("XDG_CONFIG_HOME");
    auto const home = folder_in("HOME");
    if (!config.empty()) {
        files.push_back(config / "stemlathe" / "profiles.toml");
    } else if (!home.empty()) {
        files.push_back(home / ".config" / "stemlathe" / "profiles.toml");
    }
    if (!session.empty()) {
        files.push_back(std::filesystem::path{session} / "profiles.toml");
    }
    return files;
}

} // namespace stemlathe::service
