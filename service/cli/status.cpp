#include "host/report/json_text.hpp"
#include "service/cli/command.hpp"
#include "service/cli/remote_options.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/cli/table.hpp"
#include "service/client/documents.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kStatusHelp =
    R"(stemlathe status RENDER|SESSION --server <url> [--token <token>] [options]

Says where a render stands (rnd_...), or a session (ses_...) with its files and revisions.

  --server <url>     The service. Default: STEMLATHE_SERVER in the environment.
  --token <token>    As the house gave it. Default: STEMLATHE_TOKEN in the environment.
  --ca <file>        Certificates in PEM that vouch for --server: a house's own authority.
                     Default: STEMLATHE_CA in the environment, else those of this machine.
  --retry-for <s>    How long to try again while the service does not answer, in seconds,
                     0 to 604800. Default: 300.
  --json             The render's document on stdout; of a session {"session","stems","renders"}.
  --quiet            No word about repeated tries.

Exit codes: 0 told, 1 the service does not answer, 2 wrong input or token.

Example: stemlathe status rnd_01j9... --server http://127.0.0.1:8080
)";

std::string percent_of(boost::json::object const& render) {
    return text_in(render, "state") == "running"
               ? fmt::format("{:.0f} % {}", number_in(render, "progress"), text_in(render, "stage"))
               : std::string{"-"};
}

void print_render(boost::json::object const& render) {
    fmt::print(
        "Render {}: revision {} of session {}\nState: {}\n",
        text_in(render, "id"),
        number_in(render, "revision"),
        text_in(render, "session"),
        text_in(render, "state")
    );
    if (text_in(render, "state") == "running") {
        fmt::print("Progress: {}\n", percent_of(render));
    }
    if (text_in(render, "state") == "queued") {
        fmt::print("Before it: {} jobs\n", number_in(render, "position"));
    }
    auto const problem = object_in(render, "problem");
    if (auto const why = text_in(problem, "message"); !why.empty()) {
        fmt::print("Why: {}\n", why);
    }
    Table table{{{"Output", Table::Align::left}, {"Bytes", Table::Align::right}, {"", {}}}};
    auto const outputs = objects_in(render, "outputs");
    for (auto const& output : outputs) {
        table.row(
            {text_in(output, "name"),
             fmt::format("{:.0f}", number_in(output, "bytes")),
             text_in(output, "url").empty() ? "waits for the approval" : ""}
        );
    }
    if (!outputs.empty()) {
        fmt::print("{}", table.text());
    }
}

void print_session(
    boost::json::object const& session,
    std::vector<boost::json::object> const& stems,
    std::vector<boost::json::object> const& renders
) {
    fmt::print(
        "Session {}: {} ({})\n",
        text_in(session, "id"),
        text_in(session, "title").empty() ? "without a title" : text_in(session, "title"),
        text_in(session, "state")
    );
    Table files{{{"File", {}}, {"Kind", {}}, {"Role", {}}, {"State", {}}}};
    for (auto const& stem : stems) {
        files.row(
            {text_in(stem, "filename"),
             text_in(stem, "kind"),
             text_in(stem, "role").empty() ? "-" : text_in(stem, "role"),
             text_in(stem, "state")}
        );
    }
    Table revisions{
        {{"Revision", Table::Align::right}, {"Render", {}}, {"State", {}}, {"Progress", {}}}};
    for (auto const& render : renders) {
        revisions.row(
            {fmt::format("{}", number_in(render, "revision")),
             text_in(render, "id"),
             text_in(render, "state"),
             percent_of(render)}
        );
    }
    fmt::print("{}{}", files.text(), revisions.text());
}

void show_session(RemoteOptions const& options, Remote& remote, std::string const& id) {
    auto const path = "/v1/sessions/" + id;
    auto const session = remote.get(path);
    auto const stems = remote.list(path + "/stems");
    auto const renders = remote.list(path + "/renders");
    if (!options.json) {
        print_session(session, stems, renders);
        return;
    }
    fmt::print(
        "{}",
        json_text(boost::json::object{
            {"session", session},
            {"stems", boost::json::array(stems.begin(), stems.end())},
            {"renders", boost::json::array(renders.begin(), renders.end())}})
    );
}

int run_status(Words const& words) {
    RemoteOptions options;
    std::string id;
    Arguments arguments{"status"};
    options.declare(arguments);
    arguments.positional("ID", id);
    arguments.parse(words);
    require("status", "RENDER or SESSION (rnd_... or ses_...)", !id.empty());
    require_id("RENDER or SESSION", id, {"rnd_", "ses_"});
    StopSignals const signals;
    ProgressLine progress{options.quiet};
    Remote remote{options.settings("status", progress), signals.token()};
    if (id.starts_with("ses_")) {
        show_session(options, remote, id);
        return 0;
    }
    auto const render = remote.get("/v1/renders/" + id);
    if (options.json) {
        fmt::print("{}", json_text(render));
    } else {
        print_render(render);
    }
    return 0;
}

} // namespace

Command const kStatusCommand{.name = "status", .help = kStatusHelp, .run = run_status};

} // namespace stemlathe::service
