#include "host/pipeline/check_session.hpp"
#include "host/report/report_json.hpp"
#include "service/cli/command.hpp"
#include "service/cli/findings_text.hpp"
#include "service/cli/run_job.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace stemlathe::service {

namespace {

constexpr int kRefusedExit = 3;

constexpr std::string_view kCheckHelp =
    R"(stemlathe check SESSION [--json] [options]

Looks at every stem as master does before it begins, and says what is wrong, where, and what to do
about it: damaged or mislabelled files, clipping, limiting left on, lost channels, inverted
polarity, dropouts, cut tails, silence, duplicates and more; and how far the stems add up to the
reference mix. Renders nothing, changes nothing.

Refused is what cannot be mastered truthfully; a warning is for a person to decide. With
"[intake] strict = true" in session.toml a warning about the quality of a source refuses it.

  --device <name>         auto, cpu, cuda or cuda:N. Default: auto, a usable GPU, else the CPU.
  --threads <n>           1 to 1024. Default: as many as the machine runs at once.
  --segment-frames <n>    Frames per step, or all. Changes memory and speed, never a finding.
  --from <s>, --to <s>    Only this stretch of the song, in seconds.
  --json                  {"verdict", "findings", "null_vs_reference"} on stdout, nothing else.
  --quiet                 No progress, and nothing where there is nothing to say.

Exit codes: 0 the session can be mastered, 2 wrong input, 3 it cannot.

Example: stemlathe check song/ && stemlathe master song/ --out out/
)";

/// https://no-color.org
bool wants_colour() {
    char const* const refused = std::getenv("NO_COLOR");
    return ::isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

int run_check(Words const& words) {
    CommonOptions options;
    std::string session;
    Arguments arguments{"check"};
    options.declare(arguments);
    arguments.positional("SESSION", session);
    arguments.parse(words);
    require("check", "SESSION (the folder with the stems)", !session.empty());

    auto const preview = options.preview();
    auto const reading = run_job(options, [&](Backend& backend, Run& run) {
        return check_session(session, preview, backend, run);
    });

    if (options.json) {
        fmt::print("{}", check_json(reading.verdict, reading.findings, reading.null_vs_reference));
    } else if (!options.quiet || reading.verdict != "accept") {
        fmt::print("{}", findings_text(reading, wants_colour()));
    }
    return reading.verdict == "refuse" ? kRefusedExit : 0;
}

} // namespace

Command const kCheckCommand{.name = "check", .help = kCheckHelp, .run = run_check};

} // namespace stemlathe::service
