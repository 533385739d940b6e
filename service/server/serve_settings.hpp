#pragma once

#include "host/profiles/catalogue.hpp"
#include "service/server/settings.hpp"

#include <filesystem>
#include <string>

/// What `serve` makes of its settings before it begins.
namespace stemlathe::service {

/// @throws Failure{invalid_argument} nobody would ever render
[[nodiscard]] ServerSettings checked_for_serve(ServerSettings settings);

/// The house's own delivery profiles, beside the built-in ones.
/// @throws Failure{not_found} the configured file is missing; {invalid_plan} as load_profiles
[[nodiscard]] ProfileCatalogue house_profiles(ServerSettings const& settings);

[[nodiscard]] std::filesystem::path webhook_key_file(ServerSettings const& settings);

/// What the token is for that the watched folder of this process uses.
[[nodiscard]] std::string watcher_name(ServerSettings const& settings);

/// "https://127.0.0.1:8443": where this process finds itself.
[[nodiscard]] std::string own_address(ServerSettings const& settings, int port);

/// Says in the log that what clients send goes readably over a network, unless a proxy that is not
/// named encrypts it.
void warn_of_plain_http(ServerSettings const& settings);

} // namespace stemlathe::service
