#include "host/report/json_text.hpp"
#include "service/backup/backup.hpp"
#include "service/cli/command.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/fault_list.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/cli/store_place.hpp"
#include "service/log/log.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <iterator>

namespace stemlathe::service {

namespace {

constexpr std::string_view kScrubHelp =
    R"(stemlathe scrub (--data <dir> | --config <file> | --backup DIR) [--server <url>] [options]

Reads every file that the database of a service refers to, from its first byte to its last, and
compares its SHA-256. Names what is missing or damaged, and which master, stem or upload needs it,
and what is kept and needed by nothing (the service removes such files after a day). Files in a
bucket are read there, not from the copies on this machine: all of them go over the network.
No file is changed; when it ended and what it found is noted in the database, for GET /metrics.

  --data <dir>       The data folder of the service.
  --config <file>    Its stemlathe.toml, needed for a bucket. A PostgreSQL in it may be in use.
  --backup DIR       A backup instead: its database and keys are hashed too.
  --server <url>     The service that is working on --data at this moment, on this machine. Not
                     needed where it is stopped. Default: STEMLATHE_SERVER in the environment.
  --token <token>    An owner's. Default: STEMLATHE_TOKEN in the environment, else
                     STEMLATHE_ADMIN_TOKEN.
  --ca <file>        Certificates in PEM that vouch for --server: a house's own authority.
                     Default: STEMLATHE_CA in the environment, else those of this machine.
  --retry-for <s>    How long to try again while the service does not answer, in seconds,
                     0 to 604800. Default: 300.
  --log              One line of JSON on stderr for the whole, and one for each damaged file, as the
                     service writes its log: "level":"error" where something is damaged.
  --json             {"blobs","bytes","damaged","unreferenced"} on stdout.
  --quiet            Nothing but the exit code where all is well.

What a backup still has whole, stemlathe restore brings back into an empty folder; from there the
file can be copied to its place below blobs/cas.

Exit codes: 0 all are well, 4 some are missing or damaged, 1 it cannot be read, 2 wrong input,
130 interrupted.

Example: stemlathe scrub --data var --server http://127.0.0.1:8080
)";

ScrubReport scrub_place(StorePlace const& place, std::stop_token const& stop) {
    auto const settings = place.settings("scrub");
    auto const database = place.database("scrub", stop);
    return scrub(*database, *kept_blobs(settings, *database), stop);
}

void log_scrub(ScrubReport const& report) {
    for (auto const& fault : report.faults) {
        log(LogLevel::error,
            "damaged file",
            {{"sha256", fault.digest},
             {"message", fault.sentence},
             {"needed", boost::json::array(fault.references.begin(), fault.references.end())}});
    }
    log(report.faults.empty() ? LogLevel::info : LogLevel::error,
        "scrub",
        {{"files", report.blobs}, {"bytes", report.bytes}, {"damaged", report.faults.size()}});
}

int run_scrub(Words const& words) {
    StorePlace place;
    std::string backup;
    bool has_log = false;
    Arguments arguments{"scrub"};
    place.declare(arguments);
    arguments.option("--backup", backup);
    arguments.flag("--log", has_log);
    arguments.parse(words);
    StopSignals const signals;
    auto const report = backup.empty() ? scrub_place(place, signals.token())
                                       : scrub_backup(backup, signals.token());
    if (place.remote.json) {
        fmt::print(
            "{}",
            json_text(boost::json::object{
                {"blobs", report.blobs},
                {"bytes", report.bytes},
                {"damaged", faults_json(report.faults)},
                {"unreferenced",
                 boost::json::array(report.unreferenced.begin(), report.unreferenced.end())}})
        );
    } else if (!place.remote.quiet || !report.faults.empty()) {
        print_faults(report.faults);
        fmt::print(
            "{} files of {} bytes were read; {} are damaged or missing.\n",
            report.blobs,
            report.bytes,
            report.faults.size()
        );
        print_unreferenced(report.unreferenced);
    }
    if (has_log) {
        log_scrub(report);
    }
    if (backup.empty()) {
        place.note_scrubbed(
            "scrub",
            {.files = report.blobs, .bytes = report.bytes, .damaged = std::ssize(report.faults)},
            signals.token()
        );
    }
    return report.faults.empty() ? 0 : kMissesSpec;
}

} // namespace

Command const kScrubCommand{.name = "scrub", .help = kScrubHelp, .run = run_scrub};

} // namespace stemlathe::service
