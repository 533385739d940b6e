#include "service/client/fetch.hpp"

#include "host/report/json_text.hpp"
#include "service/cli/command.hpp"
#include "service/cli/remote_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/client/documents.hpp"
#include "service/client/follow.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kFetchHelp =
    R"(stemlathe fetch RENDER --out <dir> --server <url> [--token <token>] [options]

Fetches the files of a finished render (rnd_...) and its report into --out, named as
`stemlathe master` names them. Each file is checked against the SHA-256 that the service names and
appears complete or not at all; what is there already is not fetched again.

  --out <dir>        Where the files go; made where it is missing.
  --server <url>     The service. Default: STEMLATHE_SERVER in the environment.
  --token <token>    As the house gave it. Default: STEMLATHE_TOKEN in the environment.
  --ca <file>        Certificates in PEM that vouch for --server: a house's own authority.
                     Default: STEMLATHE_CA in the environment, else those of this machine.
  --wait             Wait until the render is finished.
  --retry-for <s>    How long to try again while the service does not answer, in seconds,
                     0 to 604800. Default: 300.
  --json             {"render","out","files"} on stdout, nothing else there.
  --quiet            No progress and no summary.

Before the approval a client gets the report alone; the masters follow when the session has been
approved and the command is repeated.

Exit codes: 0 everything is there, 1 the service does not answer or the render failed inside,
2 wrong input or token, or the masters are not released yet, 130 interrupted.

Example: stemlathe fetch rnd_01j9... --out out/ --server http://127.0.0.1:8080
)";

struct FetchOptions {
    RemoteOptions remote{};
    std::string render{};
    std::string out{};
    bool wait = false;

    void parse(Words const& words) {
        Arguments arguments{"fetch"};
        remote.declare(arguments);
        arguments.positional("RENDER", render);
        arguments.option("--out", out);
        arguments.flag("--wait", wait);
        arguments.parse(words);
        require("fetch", "RENDER (rnd_...)", !render.empty());
        require("fetch", "--out <dir>", !out.empty());
        require_id("RENDER", render, {"rnd_"});
    }
};

/// The render's document once it is finished. @throws Failure
boost::json::object finished_render(Remote& remote, FetchOptions const& options, Steps& steps) {
    if (options.wait) {
        return follow_render(remote, options.render, steps);
    }
    auto render = remote.get("/v1/renders/" + options.render);
    require_not_failed(render);
    if (auto const state = text_in(render, "state"); state != "succeeded") {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "render {} is {}, so there is nothing to fetch yet; try again later, or add --wait",
                options.render,
                state
            )}
            .about_key("RENDER");
    }
    return render;
}

[[noreturn]] void tell_withheld(FetchOptions const& options, Fetched const& fetched) {
    throw forbidden(fmt::format(
        "the masters are not approved yet: {} files wait for the approval of this revision. "
        "The report lies in {}; approve the session, or ask who may, then repeat the command",
        fetched.withheld.size(),
        options.out
    ));
}

int run_fetch(Words const& words) {
    FetchOptions options;
    options.parse(words);
    StopSignals const signals;
    ProgressLine progress{options.remote.quiet};
    Remote remote{options.remote.settings("fetch", progress), signals.token()};
    Steps steps{progress.sink(), 100.0};
    Steps waiting{progress.sink(), 100.0};
    auto const render = finished_render(remote, options, waiting);
    auto const fetched = fetch_render(remote, render, options.out, steps);
    progress.clear();
    if (!fetched.withheld.empty()) {
        tell_withheld(options, fetched);
    }
    if (options.remote.json) {
        auto const& files = fetched.files;
        fmt::print(
            "{}",
            json_text(boost::json::object{
                {"render", options.render},
                {"out", options.out},
                {"files", boost::json::array(files.begin(), files.end())}})
        );
    } else if (!options.remote.quiet) {
        fmt::print(
            "{} files are in {}, each as the service has it\n", fetched.files.size(), options.out
        );
    }
    return 0;
}

} // namespace

Command const kFetchCommand{.name = "fetch", .help = kFetchHelp, .run = run_fetch};

} // namespace stemlathe::service
