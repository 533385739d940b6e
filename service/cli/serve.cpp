#include "service/cli/command.hpp"
#include "service/cli/service_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/server/notify.hpp"
#include "service/server/server.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <stop_token>

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
  --no-worker             Render nothing here: stemlathe worker does, with the same PostgreSQL.

[tls] certificate and key in stemlathe.toml, both in PEM, make it https; new files are taken as
they come, and on SIGHUP. STEMLATHE_ADMIN_TOKEN in the environment is an owner's token. SIGTERM or
Ctrl-C: running renders finish or go back to the queue, uploads resume later, nothing is lost.

Example: stemlathe serve --data var --listen 127.0.0.1:8080
)";

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

/// SIGHUP reaches the server as long as there is one.
class Reloads {
  public:
    Reloads(StopSignals& signals, Server& server) : signals_{signals} {
        signals_.reload_with([&server] { server.reload(); });
    }

    Reloads(Reloads const&) = delete;
    Reloads& operator=(Reloads const&) = delete;

    ~Reloads() {
        signals_.reload_with({});
    }

  private:
    StopSignals& signals_;
};

int run_serve(Words const& words) {
    std::string listen;
    bool no_worker = false;
    ServiceOptions options;
    Arguments arguments{"serve"};
    options.declare(arguments);
    arguments.option("--listen", listen);
    arguments.flag("--no-worker", no_worker);
    arguments.parse(words);

    auto settings = options.settings();
    for (auto const& text : {from_environment("STEMLATHE_LISTEN"), listen}) {
        if (!text.empty()) {
            set_listen(text, "--listen", settings.http);
        }
    }
    settings.has_worker = !no_worker;
    settings.admin_token = admin_token();

    StopSignals signals{StopSignals::HangUp::reloads};
    Server server{std::move(settings)};
    Reloads const reloads{signals, server};
    fmt::print("listening on {}\n", server.address());
    if (auto const link = server.sign_in_address(); !link.empty()) {
        fmt::print("first owner (once, within 15 minutes): {}\n", link);
    }
    std::fflush(stdout);
    notify_service_manager("READY=1");
    std::stop_callback const stopping{signals.token(), [] {
                                          notify_service_manager("STOPPING=1");
                                      }};
    server.run(signals.token());
    return 0;
}

} // namespace

Command const kServeCommand{.name = "serve", .help = kServeHelp, .run = run_serve};

} // namespace stemlathe::service
