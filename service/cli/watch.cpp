#include "service/cli/command.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/remote_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/cli/submit_options.hpp"
#include "service/watch/watcher.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stop_token>

namespace stemlathe::service {

namespace {

constexpr double kQuiet_s_max = 24.0 * 3600.0;
constexpr double kQuiet_s_usual = 10.0;

constexpr std::string_view kWatchHelp =
    R"(stemlathe watch DIR --server <url> [--token <token>] [options]

Has a service master every session folder that is dropped into DIR: song/ becomes song.result/ with
everything that `stemlathe master` writes, or with FAILED.txt, which says why there is nothing.
Runs until Ctrl-C; what is on its way then goes on with the next start.

A folder is complete when nothing in it has changed for a while, or at once when it holds a file
named .done, .ready or ready. One that has its result is over: remove the result to have it again.

  --server <url>        The service. Default: STEMLATHE_SERVER in the environment.
  --token <token>       As the house gave it; it must be allowed to fetch.
                        Default: STEMLATHE_TOKEN in the environment.
  --ca <file>           Certificates in PEM that vouch for --server: a house's own authority.
                        Default: STEMLATHE_CA in the environment, else those of this machine.
  --quiet-for <s>       How long nothing may change, in seconds, 1 to 86400. Default: 10.
  --deliver <names>     What to export, comma-separated. Default: the preset's, else
                        streaming,cd,vinyl,broadcast,broadcast-ebu. Profiles of your own
                        (profiles.toml) too: what they say is sent along.
  --versions <names>    Other mixes of each session beside every delivery, as of master.
  --version-peaks <how> exact or trim, as of master.
  --plan <file>         A plan for all of them. Default: the preset's, else automatic.
  --preset <id>         A preset of the service.
  --client <id>         For whom; only the house may name another than itself.
  --class <name>        preview, normal or bulk: who waits for whom. Default: normal.
  --force               Leave out stems that intake refuses and render the rest.
  --retry-for <s>       How long to try again while the service does not answer, before the folder
                        is begun again, in seconds, 0 to 604800. Default: 300.
  --quiet               Say nothing.

Exit codes: 1 DIR cannot be written to, 2 wrong input, 130 ended by Ctrl-C.

Example: stemlathe watch ~/Desktop/masters --server https://mastering.example --deliver streaming,cd
)";

void wait_for_stop(std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any asked;
    std::unique_lock lock{mutex};
    asked.wait(lock, stop, [] { return false; });
}

int run_watch(Words const& words) {
    RemoteOptions remote;
    SubmitOptions submit;
    std::string folder;
    std::string quiet_for;
    Arguments arguments{"watch"};
    remote.declare(arguments);
    submit.declare(arguments);
    arguments.option("--quiet-for", quiet_for);
    arguments.positional("DIR", folder);
    arguments.parse(words);
    require("watch", "DIR (where sessions are dropped)", !folder.empty());
    auto const quiet_s =
        number_of("--quiet-for", quiet_for, 1.0, kQuiet_s_max, "s").value_or(kQuiet_s_usual);
    StopSignals const signals;
    ProgressLine progress{remote.quiet};
    std::mutex one_line;
    Notice log;
    if (!remote.quiet) {
        log = [&one_line](std::string const& sentence) {
            std::scoped_lock const lock{one_line};
            fmt::print(stderr, "stemlathe: {}\n", sentence);
        };
    }
    Watcher const watcher{
        {.folder = folder,
         .state_folder = SubmitState::usual_folder(),
         .remote = remote.settings("watch", progress),
         .wish = submit.wish(),
         .quiet = std::chrono::milliseconds{static_cast<std::int64_t>(quiet_s * 1000.0)},
         .log = log}};
    wait_for_stop(signals.token());
    return kInterrupted;
}

} // namespace

Command const kWatchCommand{.name = "watch", .help = kWatchHelp, .run = run_watch};

} // namespace stemlathe::service
