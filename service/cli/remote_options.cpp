#include "service/cli/remote_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>

namespace stemlathe::service {

namespace {

constexpr double kRetry_s_max = 7.0 * 24.0 * 3600.0;
constexpr double kRetry_s_usual = 300.0;

std::string or_variable(std::string const& given, char const* name) {
    auto const* const value = std::getenv(name);
    return given.empty() && value != nullptr ? value : given;
}

/// @throws Failure{invalid_argument} it cannot be read
std::filesystem::path readable_authorities(std::string const& file) {
    if (!file.empty() && ::access(file.c_str(), R_OK) != 0) {
        refuse_value("--ca", file, "a file that can be read, of certificates in PEM");
    }
    return file;
}

/// Whether a token would travel readably to another machine.
bool is_readable_on_the_way(std::string const& server) {
    bool const stays_here = server.starts_with("http://127.") ||
                            server.starts_with("http://localhost") ||
                            server.starts_with("http://[::1]");
    return server.starts_with("http://") && !stays_here;
}

} // namespace

void RemoteOptions::declare(Arguments& arguments) {
    arguments.option("--server", server);
    arguments.option("--token", token);
    arguments.option("--ca", ca);
    arguments.option("--retry-for", retry_for);
    arguments.flag("--json", json);
    arguments.flag("--quiet", quiet);
}

RemoteSettings RemoteOptions::settings(std::string_view command, ProgressLine& progress) const {
    RemoteSettings settings{
        .server = or_variable(server, "STEMLATHE_SERVER"),
        .token = or_variable(token, "STEMLATHE_TOKEN")};
    require(command, "--server <url> (or STEMLATHE_SERVER)", !settings.server.empty());
    auto const seconds =
        number_of("--retry-for", retry_for, 0.0, kRetry_s_max, "s").value_or(kRetry_s_usual);
    settings.trust.authorities = readable_authorities(or_variable(ca, "STEMLATHE_CA"));
    settings.retry.give_up = std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000.0)};
    if (!quiet) {
        settings.notice = [&progress](std::string const& sentence) {
            progress.clear();
            fmt::print(stderr, "stemlathe: {}\n", sentence);
        };
        if (!settings.token.empty() && is_readable_on_the_way(settings.server)) {
            settings.notice(
                "the token and the music travel unencrypted to " + settings.server +
                "; use https:// where others share the network"
            );
        }
    }
    return settings;
}

void require_id(
    std::string_view what, std::string const& id, std::initializer_list<std::string_view> prefixes
) {
    bool const is_known = std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) {
        return id.starts_with(prefix);
    });
    bool const is_plain = std::all_of(id.begin(), id.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_';
    });
    if (!is_known || !is_plain) {
        refuse_value(
            what, id, fmt::format("an id such as {}01j9...", fmt::join(prefixes, "01j9... or "))
        );
    }
}

} // namespace stemlathe::service
