#include "service/cli/arguments.hpp"
#include "service/cli/command.hpp"
#include "service/cli/common_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/server/server.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace stemlathe::service {

namespace {

constexpr std::string_view kServeHelp =
    R"(stemlathe serve [--config <file>] [--listen <address:port>] [--data <dir>] [options]

The service: sessions, uploads, renders, review and deliveries over HTTP. Everything it needs
lies below --data, or its database in a PostgreSQL; it prints where it listens and, as long as
there is no owner, a link that makes the first token.

  --config <file>         stemlathe.toml. Default: none. Options go before it. [store] url in it
                          names a PostgreSQL; stemlathe migrate moves there what lies in --data.
  --listen <a:p>          Where to listen; port 0 takes a free one. Default: 127.0.0.1:8080
  --data <dir>            Database, uploads, masters. Made where it is missing. Default: var
  --device <name>         auto, cpu, cuda or cuda:N: what renders. Default: auto
  --threads <n>           1 to 1024, of the renderer. Default: as many as the machine runs at once.

STEMLATHE_ADMIN_TOKEN in the environment is an owner's token. SIGTERM or Ctrl-C: running renders
finish or go back to the queue, uploads resume later, nothing is lost.

Example: stemlathe serve --data var --listen 127.0.0.1:8080
)";

std::string from_environment(char const* name) {
    auto const* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): no thread yet
    return value != nullptr ? value : "";
}

/// Whoever can guess the token owns the house.
std::string admin_token() {
    constexpr std::size_t kBytesMin = 16;
    auto token = from_environment("STEMLATHE_ADMIN_TOKEN");
    if (!token.empty() && token.size() < kBytesMin) {
        throw Failure{
            Code::invalid_argument,
            "STEMLATHE_ADMIN_TOKEN is shorter than 16 characters; take what `openssl rand -hex 24` "
            "prints"};
    }
    return token;
}

int run_serve(Words const& words) {
    std::string config;
    std::string listen;
    std::string data;
    CommonOptions options;
    options.device.clear();
    Arguments arguments{"serve"};
    arguments.option("--config", config);
    arguments.option("--listen", listen);
    arguments.option("--data", data);
    arguments.option("--device", options.device);
    arguments.option("--threads", options.threads);
    arguments.parse(words);

    ServerSettings settings;
    settings.agent.threads = options.thread_count();
    if (!config.empty()) {
        read_config(config, settings);
    }
    for (auto const& text : {from_environment("STEMLATHE_LISTEN"), listen}) {
        if (!text.empty()) {
            set_listen(text, "--listen", settings.http);
        }
    }
    for (auto const& folder : {from_environment("STEMLATHE_DATA"), data}) {
        settings.data = folder.empty() ? settings.data : std::filesystem::path{folder};
    }
    if (!options.device.empty()) {
        settings.agent.devices = {options.device};
    }
    if (!options.threads.empty()) {
        settings.agent.threads = options.thread_count();
    }
    settings.admin_token = admin_token();

    StopSignals const signals;
    Server server{std::move(settings)};
    fmt::print("listening on {}\n", server.address());
    if (auto const link = server.sign_in_address(); !link.empty()) {
        fmt::print("first owner (once, within 15 minutes): {}\n", link);
    }
    std::fflush(stdout);
    server.run(signals.token());
    return 0;
}

} // namespace

Command const kServeCommand{.name = "serve", .help = kServeHelp, .run = run_serve};

} // namespace stemlathe::service
