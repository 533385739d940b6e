#include "service/server/worker.hpp"

#include "service/cli/command.hpp"
#include "service/cli/service_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/server/notify.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <stop_token>
#include <string>

namespace stemlathe::service {

namespace {

constexpr std::string_view kWorkerHelp =
    R"(stemlathe worker --config <file> [--data <dir>] [options]

A render worker on another machine or GPU: takes jobs of the service from its PostgreSQL and puts
what it makes where the service's files lie. It listens on nothing. Start as many as there are
machines; each prints its name, and GET /v1/workers lists them.

  --config <file>         The same stemlathe.toml as of stemlathe serve, with [store] url and, on
                          every machine, the same shared folder as [blobs] dir. Needed.
  --data <dir>            For what executors put aside, on a disk of this machine. Made where it
                          is missing. Default: [data] dir, else var
  --device <name>         auto, cpu, cuda or cuda:N: what renders. Default: [worker] devices, else
                          auto
  --threads <n>           1 to 1024, of the renderer. Default: as many as the machine runs at once.

SIGTERM or Ctrl-C: no new jobs; running ones finish within [worker] drain_s (90 s) or go back to
the queue, where the attempt does not count. A worker that is killed, or cut off for longer than
[worker] lease_s (30 s), loses its jobs to others; whatever happens, a job has one result.

It works beside older and newer versions, but leaves the database's schema to stemlathe serve: where
that is too old for it, it says so and waits. A session's next revisions are made by the engine of
those before: others take them when no worker with that engine was heard of for [worker]
engine_wait_s (180 s).

Example: stemlathe worker --config stemlathe.toml --device cuda:0
)";

int run_worker(Words const& words) {
    ServiceOptions options;
    Arguments arguments{"worker"};
    options.declare(arguments);
    arguments.parse(words);
    require("worker", "--config <file>", !options.config.empty());

    StopSignals const signals;
    auto const settings = options.settings();
    auto const tell = [](std::string const& sentence) {
        fmt::print("waiting: {}\n", sentence);
        std::fflush(stdout);
        // It is up, and may be for long before it works.
        notify_service_manager("READY=1\nSTATUS=waiting: " + sentence);
    };
    if (!await_schema(settings, signals.token(), tell)) {
        return 0;
    }
    Worker worker{settings};
    fmt::print("working as {}\n", worker.id());
    std::fflush(stdout);
    notify_service_manager("READY=1\nSTATUS=working as " + worker.id());
    std::stop_callback const stopping{signals.token(), [] {
                                          notify_service_manager("STOPPING=1");
                                      }};
    worker.run(signals.token());
    return 0;
}

} // namespace

Command const kWorkerCommand{.name = "worker", .help = kWorkerHelp, .run = run_worker};

} // namespace stemlathe::service
