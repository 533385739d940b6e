#include "host/masking/findings.hpp"
#include "host/pipeline/feedback.hpp"
#include "service/cli/command.hpp"
#include "service/cli/job_options.hpp"
#include "service/cli/printed_report.hpp"
#include "service/cli/run_job.hpp"
#include "service/cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr std::size_t kShownFindings = 8;
constexpr double kFullScale_db_spl_max = 150.0;

constexpr std::string_view kAnalyzeHelp =
    R"(stemlathe analyze SESSION --out <dir> [--plan <file>] [options]

Says which stem covers which, when, where in the spectrum and by how much, and what would help:
report.html and report.json in --out. Makes no masters and changes nothing.

  --out <dir>             Where the report goes; made where it is missing.
  --plan <file>           Analyse the stems as this plan would process them. Default: as they are.
  --masking-profile <p>   music or mgb97. How much signal a listener needs to notice a stem beside
                          the others: as published by Moore, Glasberg & Baer in 1997, or the same
                          without its rise below 200 Hz. Default: music.
  --field <f>             diffuse or free: sound from all sides, as in a room, or from the front in
                          the open. Default: diffuse.
  --spl-at-full-scale <x> Level of a full-scale sine at an ear, dB SPL, 0 to 150. Default: such
                          that the mix is as loud as 78 dB SPL.
  --margins <file>        Also write every frame, stem, ear and band as CSV: time_s, stem, ear,
                          band_hz, excitation_db, threshold_db, margin_db. Large: 28 MB per second
                          of five stems.
  --force                 Leave out stems that intake refuses.
  --from <s>, --to <s>    Only this stretch of the song, in seconds.
  --device <name>         auto, cpu, cuda or cuda:N. Default: auto, a usable GPU, else the CPU.
  --threads <n>           1 to 1024. Default: as many as the machine runs at once.
  --segment-frames <n>    Frames per step, or all. Changes memory and speed, never a bit.
  --scratch <dir>         Where audio that does not fit in memory goes. Default: $TMPDIR or /tmp.
  --json                  report.json on stdout, nothing else there.
  --quiet                 No progress and no summary.

Example: stemlathe analyze song/ --out feedback/
)";

/// One of two words. @throws Failure{invalid_argument}
bool is_first_of(
    std::string_view option,
    std::string const& word,
    std::string_view first,
    std::string_view second
) {
    if (word != first && word != second) {
        refuse_value(option, word, fmt::format("{} or {}", first, second));
    }
    return word == first;
}

struct ListeningOptions {
    std::string profile = "music";
    std::string field = "diffuse";
    std::string spl_at_full_scale{};

    void declare(Arguments& arguments) {
        arguments.option("--masking-profile", profile);
        arguments.option("--field", field);
        arguments.option("--spl-at-full-scale", spl_at_full_scale);
    }

    [[nodiscard]] Listening listening() const {
        bool const music = is_first_of("--masking-profile", profile, "music", "mgb97");
        bool const diffuse = is_first_of("--field", field, "diffuse", "free");
        return {
            .profile = music ? MaskingProfile::music : MaskingProfile::mgb97,
            .field = diffuse ? Field::diffuse : Field::free,
            .spl_at_full_scale_db = number_of(
                "--spl-at-full-scale", spl_at_full_scale, 0.0, kFullScale_db_spl_max, "dB SPL"
            )};
    }
};

void print_findings(MaskingReading const& masking) {
    if (masking.findings.empty()) {
        fmt::print("No stem covers another for long enough to hear.\n");
    }
    auto const shown = std::min(masking.findings.size(), kShownFindings);
    for (std::size_t i = 0; i < shown; ++i) {
        fmt::print("{}. {}\n", i + 1, masking.findings[i].message);
    }
    if (masking.findings.size() > shown) {
        fmt::print("{} more are in the report.\n", masking.findings.size() - shown);
    }
}

void print_summary(MasteringReport const& report, std::filesystem::path const& out) {
    print_warnings(report);
    if (report.masking) {
        print_findings(*report.masking);
    }
    print_speed(report);
    fmt::print("Report: {}\n", (out / "report.html").string());
}

int run_analyze(Words const& words) {
    JobOptions options;
    ListeningOptions listening;
    FeedbackJob job;
    std::string margins;
    Arguments arguments{"analyze"};
    options.declare_analysis(arguments);
    listening.declare(arguments);
    arguments.option("--margins", margins);
    arguments.parse(words);
    require("analyze", "SESSION (the folder with the stems)", !options.session.empty());
    require("analyze", "--out <dir>", !options.out.empty());
    job.master = options.job();
    job.listening = listening.listening();
    job.margins = margins;

    auto const report = run_job(options.common, [&](Backend& backend, Run& run) {
        return give_feedback(job, backend, run);
    });

    if (options.common.json) {
        print_report_json(job.master.out);
    } else if (!options.common.quiet) {
        print_summary(report, job.master.out);
    }
    return 0;
}

} // namespace

Command const kAnalyzeCommand{.name = "analyze", .help = kAnalyzeHelp, .run = run_analyze};

} // namespace stemlathe::service
