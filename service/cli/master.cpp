#include "host/pipeline/master.hpp"

#include "service/cli/command.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/job_options.hpp"
#include "service/cli/printed_report.hpp"
#include "service/cli/run_job.hpp"
#include "service/cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr std::string_view kMasterHelp =
    R"(stemlathe master SESSION --out <dir> [--plan <file>] [--deliver <names>] [options]

Masters a folder of stems: writes every delivery, report.html, report.json, plan.toml and
manifest.json to --out. A delivery appears there complete or not at all; nothing else in the
folder is touched.

  --out <dir>             Where the results go; made where it is missing.
  --plan <file>           A plan as `stemlathe plan` writes it. Default: everything automatic.
  --deliver <names>       What to export, comma-separated. Default: the plan's, else
                          streaming,cd,vinyl,broadcast,broadcast-ebu. See: stemlathe profiles
  --versions <names>      Other mixes of the same session beside every delivery, comma-separated:
                          instrumental, acappella, tv (no lead vocals), clean, and what [versions]
                          in session.toml names. They have the master's own gains, sample by
                          sample, so they add up to it. Default: the plan's, else none.
  --version-peaks <word>  exact: keep those gains, and say where a version's own peaks pass the
                          limit. trim: lower such a file as a whole. Default: exact.
  --apply-comments        Do what the report proposes for the client's comments. Default: propose.
  --force                 Leave out stems that intake refuses and render the rest.
  --from <s>, --to <s>    A preview of this stretch of the song, in seconds.
  --device <name>         auto, cpu, cuda or cuda:N. Default: auto, a usable GPU, else the CPU.
                          An explicit device never falls back. See: stemlathe devices
  --threads <n>           1 to 1024. Default: as many as the machine runs at once.
  --segment-frames <n>    Frames per step, or all. Changes memory and speed, never a bit.
  --scratch <dir>         Where audio that does not fit in memory goes. Default: $TMPDIR or /tmp.
  --json                  report.json on stdout, nothing else there.
  --quiet                 No progress and no summary.

Ctrl-C stops within a second and leaves --out as it was.

Exit codes: 0 all within spec, 1 failed inside, 2 wrong input, 3 intake refused the session,
4 a delivery misses its own spec, 130 interrupted.

Example: stemlathe master song/ --out out/ --deliver streaming,cd
)";

bool is_within_spec(MasteringReport const& report) {
    return std::all_of(
        report.deliveries.begin(),
        report.deliveries.end(),
        [](auto const& delivery) { return delivery.within_spec; }
    );
}

Table delivery_table(MasteringReport const& report) {
    using enum Table::Align;
    Table table{
        {{"Delivery", left},
         {"LUFS", right},
         {"Target", right},
         {"dBTP", right},
         {"Limit", right},
         {"Spec", left},
         {"File", left}}};
    for (auto const& delivery : report.deliveries) {
        auto const& reading = delivery.reading;
        auto const several = delivery.files.size() > 1
                                 ? fmt::format(" and {} more", delivery.files.size() - 1)
                                 : std::string{};
        table.row(
            {delivery.label(),
             figure(reading.integrated_lufs),
             figure(delivery.target_lufs),
             figure(reading.true_peak_dbtp),
             figure(delivery.true_peak_limit_dbtp),
             delivery.within_spec ? "met" : "MISSED",
             delivery.files.empty() ? "-" : delivery.files.front().path + several}
        );
    }
    return table;
}

void print_summary(MasteringReport const& report, std::filesystem::path const& out) {
    print_warnings(report);
    fmt::print("{}", delivery_table(report).text());
    for (auto const& delivery : report.deliveries) {
        for (auto const& failure : delivery.failures) {
            fmt::print("{}: {}\n", delivery.label(), failure.message);
        }
        for (auto const& check : delivery.cutting) {
            if (!check.passed) {
                fmt::print("{}: {}\n", delivery.plan.name, check.message);
            }
        }
        for (auto const& note : delivery.notes) {
            fmt::print("{}: {}\n", delivery.label(), note);
        }
    }
    if (report.masking && report.masking->score_after) {
        fmt::print(
            "Masking: score {:.2f} dB before the fixes, {:.2f} dB after; lower is better.\n",
            report.masking->score_before,
            *report.masking->score_after
        );
    }
    print_speed(report);
    fmt::print("Report: {}\n", (out / "report.html").string());
}

int run_master(Words const& words) {
    JobOptions options;
    Arguments arguments{"master"};
    options.declare(arguments);
    arguments.parse(words);
    require("master", "SESSION (the folder with the stems)", !options.session.empty());
    require("master", "--out <dir>", !options.out.empty());
    auto const job = options.job();

    auto const report = run_job(options.common, [&](Backend& backend, Run& run) {
        return master(job, backend, run);
    });

    if (options.common.json) {
        print_report_json(job.out);
    } else if (!options.common.quiet) {
        print_summary(report, job.out);
    }
    return is_within_spec(report) ? 0 : kMissesSpec;
}

} // namespace

Command const kMasterCommand{.name = "master", .help = kMasterHelp, .run = run_master};

} // namespace stemlathe::service
