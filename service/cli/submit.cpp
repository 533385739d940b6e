#include "service/client/submit.hpp"

#include "host/report/json_text.hpp"
#include "host/session/scan.hpp"
#include "service/cli/command.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/remote_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/cli/submit_options.hpp"
#include "service/client/documents.hpp"
#include "service/client/follow.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kSubmitHelp =
    R"(stemlathe submit SESSION --server <url> [--token <token>] [options]

Sends a session folder to a stemlathe service and orders its masters: session.toml, stems,
reference mix, references/ and comments. Broken links are taken up again; the same command after
a break, a kill or a reboot goes on where it stopped. Prints the render's id and address.

  --server <url>          The service, such as https://mastering.example:8080.
                          Default: STEMLATHE_SERVER in the environment.
  --token <token>         As the house gave it. Default: STEMLATHE_TOKEN in the environment, which
                          other users of this machine cannot see.
  --ca <file>             Certificates in PEM that vouch for --server: a house's own authority.
                          Default: STEMLATHE_CA in the environment, else those of this machine.
  --deliver <names>       What to export, comma-separated. Default: the plan's, else the preset's,
                          else streaming,cd,vinyl,broadcast,broadcast-ebu. Profiles of your own
                          (profiles.toml) too: what they say is sent along.
  --versions <names>      Other mixes of the same session beside every delivery, as of master.
  --version-peaks <how>   exact or trim, as of master.
  --plan <file>           A plan as `stemlathe plan` writes it. Default: the preset's, else all
                          automatic.
  --preset <id>           A preset of the service for this session.
  --client <id>           For whom; only the house may name another than itself.
  --class <name>          preview, normal or bulk: who waits for whom. Default: normal.
  --force                 Leave out stems that intake refuses and render the rest.
  --wait                  Follow the render until it is finished.
  --retry-for <s>         How long to try again while the service does not answer, in seconds,
                          0 to 604800. Default: 300.
  --json                  The render's document on stdout, nothing else there.
  --quiet                 No progress and no summary.

Exit codes: 0 done, 1 the service does not answer or the render failed inside, 2 wrong input or
token, 3 intake refused the session, 4 rendered, but a delivery misses its own spec (with --wait),
130 interrupted.

Example: STEMLATHE_TOKEN=slk_... stemlathe submit song/ --server http://127.0.0.1:8080 --wait
)";

void print_render(
    RemoteOptions const& options, std::string const& server, boost::json::object document
) {
    auto const id = text_in(document, "id");
    auto const address = fmt::format("{}/v1/renders/{}", server, id);
    if (options.json) {
        document["address"] = address;
        fmt::print("{}", json_text(document));
    } else if (!options.quiet) {
        fmt::print(
            "Render {}: revision {} of session {}, {}\n{}\n",
            id,
            number_in(document, "revision"),
            text_in(document, "session"),
            text_in(document, "state"),
            address
        );
    }
}

/// The render once it is over. One that failed is no longer to be gone on with; one that nobody can
/// be asked about is.
boost::json::object
followed(Remote& remote, boost::json::object const& render, SubmitState& state, Steps& steps) {
    try {
        return follow_render(remote, text_in(render, "id"), steps);
    } catch (Failure const& failure) {
        if (!is_unreachable(failure) && !remote.stop().stop_requested()) {
            state.forget();
        }
        throw;
    }
}

int run_submit(Words const& words) {
    RemoteOptions remote_options;
    SubmitOptions submit_options;
    std::string folder;
    bool waits = false;
    Arguments arguments{"submit"};
    remote_options.declare(arguments);
    submit_options.declare(arguments);
    arguments.positional("SESSION", folder);
    arguments.flag("--wait", waits);
    arguments.parse(words);
    require("submit", "SESSION (the folder with the stems)", !folder.empty());
    auto const wish = submit_options.wish(folder);
    StopSignals const signals;
    ProgressLine progress{remote_options.quiet};
    auto const settings = remote_options.settings("submit", progress);
    auto const session = scan_session(folder);
    auto const parts = parts_of(session);
    Remote remote{settings, signals.token()};
    Steps steps{progress.sink(), waits ? kRenderShare.to : kProbeShare.to};
    SubmitState state{
        SubmitState::path_in(SubmitState::usual_folder(), remote.server(), folder),
        signature_of(session, parts) + wish.preset + wish.client};
    auto render = submit_session(remote, session, parts, wish, state, steps);
    if (waits) {
        render = followed(remote, render, state, steps);
    }
    state.forget();
    progress.clear();
    print_render(remote_options, remote.server(), render);
    return waits && !is_within_spec(render) ? kMissesSpec : 0;
}

} // namespace

Command const kSubmitCommand{.name = "submit", .help = kSubmitHelp, .run = run_submit};

} // namespace stemlathe::service
