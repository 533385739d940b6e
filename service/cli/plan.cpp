#include "formats/atomic_file.hpp"
#include "host/plan/plan_json.hpp"
#include "host/plan/plan_toml.hpp"
#include "service/cli/command.hpp"
#include "service/cli/job_options.hpp"
#include "service/cli/run_job.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kPlanHelp =
    R"(stemlathe plan SESSION [--out <file>] [--plan <file>] [options]

Prints the plan that `stemlathe master` would use: every automatic choice made concrete, one
[[stem]] per file. Edit it and give it to master with --plan. Renders nothing.

  --out <file>            Write the plan there instead of to stdout.
  --plan <file>           Start from this plan; what it leaves out is decided. Default: all of it.
  --deliver <names>       Deliveries to plan, comma-separated. Default: the plan's, else
                          streaming,cd,vinyl,broadcast,broadcast-ebu. See: stemlathe profiles
  --versions <names>      Other mixes of the same session beside every delivery, comma-separated:
                          instrumental, acappella, tv (no lead vocals), clean, and what [versions]
                          in session.toml names. They have the master's own gains, sample by
                          sample, so they add up to it. Default: the plan's, else none.
  --version-peaks <word>  exact: keep those gains, and say where a version's own peaks pass the
                          limit. trim: lower such a file as a whole. Default: exact.
  --apply-comments        Do what the report proposes for the client's comments. Default: propose.
  --force                 Leave out stems that intake refuses.
  --device <name>         auto, cpu, cuda or cuda:N. Default: auto, a usable GPU, else the CPU.
  --threads <n>           1 to 1024. Default: as many as the machine runs at once.
  --segment-frames <n>    Frames per step, or all. Changes memory and speed, never a bit.
  --scratch <dir>         Where audio that does not fit in memory goes. Default: $TMPDIR or /tmp.
  --from <s>, --to <s>    Plan from this stretch of the song only, in seconds.
  --json                  The plan as JSON on stdout, nothing else there.
  --quiet                 No progress.

Example: stemlathe plan song/ --out plan.toml
)";

int run_plan(Words const& words) {
    JobOptions options;
    Arguments arguments{"plan"};
    options.declare(arguments);
    arguments.parse(words);
    require("plan", "SESSION (the folder with the stems)", !options.session.empty());
    auto const job = options.job();

    auto const plan = run_job(options.common, [&](Backend& backend, Run& run) {
        return resolve_plan(job, backend, run);
    });

    if (!options.out.empty()) {
        write_text_atomically(options.out, plan_toml(plan));
    }
    if (options.common.json) {
        fmt::print("{}", plan_json(plan));
    } else if (options.out.empty()) {
        fmt::print("{}", plan_toml(plan));
    } else if (!options.common.quiet) {
        fmt::print("The plan is in {}.\n", options.out);
    }
    return 0;
}

} // namespace

Command const kPlanCommand{.name = "plan", .help = kPlanHelp, .run = run_plan};

} // namespace stemlathe::service
