#include "service/server/serve_settings.hpp"

#include "host/profiles/profiles_toml.hpp"
#include "kernels/base/failure.hpp"
#include "service/log/log.hpp"
#include "service/server/site.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

bool is_this_machine_alone(std::string const& address) {
    return address.starts_with("127.") || address == "::1";
}

} // namespace

ProfileCatalogue house_profiles(ServerSettings const& settings) {
    if (!settings.profiles.empty() && !std::filesystem::exists(settings.profiles)) {
        throw Failure{
            Code::not_found,
            fmt::format("there is no {}, which [profiles] file names", settings.profiles.string())}
            .about_file(settings.profiles.string())
            .about_key("profiles.file");
    }
    bool const is_named = !settings.profiles.empty();
    return load_profiles({is_named ? settings.profiles : settings.data / "profiles.toml"});
}

std::filesystem::path webhook_key_file(ServerSettings const& settings) {
    auto const& named = settings.webhooks.key_file;
    return named.empty() ? settings.data / "webhooks.key" : named;
}

ServerSettings checked_for_serve(ServerSettings settings) {
    if (!settings.has_worker && settings.store_url.empty()) {
        throw Failure{
            Code::invalid_argument,
            "--no-worker leaves the work to stemlathe worker, which needs a PostgreSQL: name one "
            "as [store] url in stemlathe.toml, or leave --no-worker out"}
            .about_key("--no-worker");
    }
    return settings;
}

void warn_of_plain_http(ServerSettings const& settings) {
    auto const& http = settings.http;
    if (!settings.tls.are_named() && http.trusted_proxies.empty() &&
        !is_this_machine_alone(http.address)) {
        log(LogLevel::warning,
            "listen",
            {{"message",
              fmt::format(
                  "tokens and music travel unencrypted to {}: name a certificate and its key in "
                  "[tls], or listen on 127.0.0.1 behind a proxy with TLS that [http] "
                  "trusted_proxies names",
                  http.address
              )}});
    }
}

std::string watcher_name(ServerSettings const& settings) {
    return fmt::format(
        "watched folder of {}:{}", host_name(), std::filesystem::absolute(settings.data).string()
    );
}

std::string own_address(ServerSettings const& settings, int port) {
    auto const& address = settings.http.address;
    bool const is_v6 = address.find(':') != std::string::npos;
    return fmt::format(
        "{}://{}{}{}:{}",
        settings.tls.are_named() ? "https" : "http",
        is_v6 ? "[" : "",
        address,
        is_v6 ? "]" : "",
        port
    );
}

} // namespace stemlathe::service
