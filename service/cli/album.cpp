#include "host/album/master_album.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/profiles/profiles_toml.hpp"
#include "service/cli/command.hpp"
#include "service/cli/common_options.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/job_options.hpp"
#include "service/cli/profile_files.hpp"
#include "service/cli/run_job.hpp"
#include "service/cli/table.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kAlbumHelp =
    R"(stemlathe album ALBUM --out <dir> [--deliver <names>] [options]

Masters an album: a folder with album.toml and one session folder per song. Every song is mastered
as `stemlathe master` does it, into <dir>/songs, with the relative loudness that the songs' mixes
have (or loudness = "track": each by itself). With cd among the deliveries, one image of the disc
and its CUE sheet; with vinyl, a WAV and a PQ sheet per side; sheets of both as of every package,
report.html and album.json. All of it appears in --out complete or not at all.

  --out <dir>             Where the results go; made where it is missing.
  --deliver <names>       What to export, comma-separated. Default:
                          streaming,cd,vinyl,broadcast,broadcast-ebu. See: stemlathe profiles
  --plan <file>           A plan for every song; it names stems by role. Default: all automatic.
  --versions <names>      Other mixes of every song beside its masters, as of master. Disc and sides
                          hold the masters alone.
  --version-peaks <how>   exact or trim, as of master.
  --apply-comments        Do what is proposed for the clients' comments. Default: propose.
  --force                 Leave out stems that intake refuses and render the rest.
  --device <name>         auto, cpu, cuda or cuda:N. Default: auto, a usable GPU, else the CPU.
  --threads <n>           1 to 1024. Default: as many as the machine runs at once.
  --segment-frames <n>    Frames per step, or all. Changes memory and speed, never a bit.
  --scratch <dir>         Where audio that does not fit in memory goes. Default: $TMPDIR or /tmp.
  --json                  album.json on stdout, nothing else there.
  --quiet                 No progress and no summary.

album.toml, with what is left out by default:

  title = "Night Drives"
  artist = "The Lathes"
  upc = "036000291452"
  loudness = "album"            or "track"
  side_format = "12in-33"       12in-45, 10in-33, 10in-45, 7in-33, 7in-45
  [[song]]
  session = "01 night drive"    a session folder in here; title, artist, isrc may stand here, too
  gap_s = 2.0                   silence before it; 0: it follows without a gap
  side = 1                      of the record; left out: spread by length

Exit codes: as master; 4 also where a disc or a side misses what plants demand.

Example: stemlathe album night-drives/ --out out/ --deliver streaming,cd,vinyl
)";

void print_files(AlbumReport const& report) {
    using enum Table::Align;
    Table table{
        {{"File", left}, {"Songs", right}, {"LUFS", right}, {"dBTP", right}, {"Path", left}}};
    for (auto const& file : report.files) {
        table.row(
            {fmt::format("{} ({})", file.title, file.delivery),
             std::to_string(file.tracks.size()),
             figure(file.reading.integrated_lufs),
             figure(file.reading.true_peak_dbtp),
             file.file.path}
        );
    }
    fmt::print("{}", table.text());
}

void print_album(AlbumReport const& report) {
    using enum Table::Align;
    Table table{
        {{"Song", left},
         {"Delivery", left},
         {"LUFS", right},
         {"Target", right},
         {"dBTP", right},
         {"Spec", left}}};
    for (auto const& song : report.songs) {
        for (auto const& delivery : song.deliveries) {
            table.row(
                {song.info.title,
                 delivery.label(),
                 figure(delivery.reading.integrated_lufs),
                 figure(delivery.target_lufs),
                 figure(delivery.reading.true_peak_dbtp),
                 delivery.within_spec ? "met" : "MISSED"}
            );
        }
    }
    fmt::print("{}", table.text());
    print_files(report);
    for (auto const& step : report.steps_back) {
        fmt::print("{}: {}.\n", step.delivery, step_back_words(step));
    }
    for (auto const& song : report.songs) {
        for (auto const& delivery : song.deliveries) {
            for (auto const& failure : delivery.failures) {
                fmt::print("{}, {}: {}\n", song.info.title, delivery.plan.name, failure.message);
            }
        }
    }
    for (auto const& file : report.files) {
        for (auto const& failure : file.failures) {
            fmt::print("{}: {}\n", file.title, failure.message);
        }
        for (auto const& check : file.cutting) {
            if (!check.passed) {
                fmt::print("{}: {}\n", file.title, check.message);
            }
        }
    }
}

int run_album(Words const& words) {
    CommonOptions common;
    std::string folder;
    std::string out;
    std::string plan;
    std::string version_peaks;
    AlbumJob job;
    Arguments arguments{"album"};
    common.declare(arguments);
    arguments.positional("ALBUM", folder);
    arguments.option("--out", out);
    arguments.list("--deliver", job.deliver);
    arguments.option("--plan", plan);
    arguments.list("--versions", job.versions.names);
    arguments.option("--version-peaks", version_peaks);
    arguments.flag("--apply-comments", job.apply_comments);
    arguments.flag("--force", job.force);
    arguments.parse(words);
    require("album", "ALBUM (the folder with album.toml)", !folder.empty());
    require("album", "--out <dir>", !out.empty());
    if (common.preview()) {
        refuse_value("--from", common.from, "left out: an album has no preview");
    }
    job.out = out;
    job.versions.peaks = version_peaks_named(version_peaks);
    if (!plan.empty()) {
        job.plan = load_plan(plan);
    }
    job.album = load_album(folder);
    job.profiles = load_profiles(profile_files(folder));

    auto const report = run_job(common, [&](Backend& backend, Run& run) {
        return master_album(job, backend, run);
    });

    if (common.json) {
        fmt::print("{}", album_json(report));
    } else if (!common.quiet) {
        print_album(report);
    }
    return report.is_within_spec() ? 0 : kMissesSpec;
}

} // namespace

Command const kAlbumCommand{.name = "album", .help = kAlbumHelp, .run = run_album};

} // namespace stemlathe::service
