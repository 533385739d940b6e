#include "service/backup/backup.hpp"

#include "host/report/json_text.hpp"
#include "host/version.hpp"
#include "service/cli/command.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/fault_list.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/cli/store_place.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kBackupHelp =
    R"(stemlathe backup --to DIR (--data <dir> | --config <file>) [--server <url>] [options]

Copies an installation into DIR, or renews the copy that is there: the database as it is at one
moment, and every file that it knows, by its SHA-256 and only where DIR does not have it yet. Each
is hashed on the way. backup.json is written last: until then the backup before is whole.

  --to DIR           The backup, for one installation; made where it is missing.
  --data <dir>       The data folder of the service.
  --config <file>    Its stemlathe.toml. A PostgreSQL named in it is read while services work; files
                     in a bucket are copied out of it.
  --without-blobs    Leave files in the bucket, and only make sure that each is there with its size.
                     The backup is then worth as much as the bucket's own versions and replicas are.
  --server <url>     The service that is working on --data at this moment, on this machine: it copies
                     its database itself. Not needed where it is stopped. Default: STEMLATHE_SERVER.
  --token <token>    An owner's. Default: STEMLATHE_TOKEN in the environment, else
                     STEMLATHE_ADMIN_TOKEN.
  --ca <file>        Certificates in PEM that vouch for --server: a house's own authority.
                     Default: STEMLATHE_CA in the environment, else those of this machine.
  --retry-for <s>    How long to try again while the service does not answer, in seconds,
                     0 to 604800. Default: 300.
  --json             {"to","store","database","blobs","copied","audit_head","damaged"} on stdout.
  --quiet            Nothing but the exit code where all is well.

Uploads that are on their way are not in it: their clients begin them anew after a restore. Keys of
the data folder are in it, so keep it as safe as the service. stemlathe restore makes an
installation of it, stemlathe scrub --backup DIR reads all of it.

Exit codes: 0 done; 4 done, but files of the service are damaged or missing: they are named with
what needs them; 1 the disk is full or fails, 2 wrong input, 130 interrupted.

Example: stemlathe backup --to /mnt/backup --data var --server http://127.0.0.1:8080
)";

void print_backup(BackupReport const& report, std::string const& to) {
    print_faults(report.faults);
    auto const& manifest = report.manifest;
    if (!manifest.blobs_place.empty()) {
        fmt::print(
            "{} holds the {} database of {} bytes, and none of its {} files of {} bytes: they stay "
            "in {}.\n",
            to,
            manifest.store,
            manifest.database.bytes,
            manifest.blobs,
            manifest.blob_bytes,
            manifest.blobs_place
        );
        return;
    }
    fmt::print(
        "{} holds {} files of {} bytes and the {} database of {} bytes; {} files of {} bytes were "
        "copied now.\n",
        to,
        manifest.blobs,
        manifest.blob_bytes,
        manifest.store,
        manifest.database.bytes,
        report.copied,
        report.copied_bytes
    );
    if (!report.faults.empty()) {
        fmt::print(
            "{} files that the service needs are damaged or missing and are not in it.\n",
            report.faults.size()
        );
    }
}

void print_backup_json(BackupReport const& report, std::string const& to) {
    auto const& manifest = report.manifest;
    fmt::print(
        "{}",
        json_text(boost::json::object{
            {"to", to},
            {"store", manifest.store},
            {"database",
             {{"file", manifest.database.path},
              {"bytes", manifest.database.bytes},
              {"sha256", manifest.database.sha256}}},
            {"blobs",
             {{"count", manifest.blobs},
              {"bytes", manifest.blob_bytes},
              {"place", manifest.blobs_place}}},
            {"copied", {{"count", report.copied}, {"bytes", report.copied_bytes}}},
            {"audit_head", manifest.audit_head},
            {"damaged", faults_json(report.faults)}})
    );
}

/// @throws Failure{invalid_argument} files of a folder would be in no second place
std::string place_of_blobs(ServerSettings const& settings) {
    if (!settings.s3) {
        throw Failure{
            Code::invalid_argument,
            "--without-blobs is for files in a bucket; these lie in a folder, and would be in no "
            "second place"}
            .about_key("--without-blobs");
    }
    return fmt::format("s3://{}/{}", settings.s3->bucket, settings.s3->prefix);
}

int run_backup(Words const& words) {
    StorePlace place;
    std::string to;
    bool without_blobs = false;
    Arguments arguments{"backup"};
    place.declare(arguments);
    arguments.option("--to", to);
    arguments.flag("--without-blobs", without_blobs);
    arguments.parse(words);
    require("backup", "--to DIR", !to.empty());
    auto const settings = place.settings("backup");
    StopSignals const signals;
    auto const report = make_backup(
        {.data = settings.data,
         .blobs = [&](Database& snapshot) { return kept_blobs(settings, snapshot); },
         .blobs_stay_at = without_blobs ? place_of_blobs(settings) : std::string{},
         .store = settings.store_url.empty() ? "SQLite" : "PostgreSQL",
         .version = std::string{kVersion},
         .snapshot =
             [&](std::filesystem::path const& file) {
                 place.snapshot("backup", file, signals.token());
             }},
        to,
        signals.token()
    );
    if (place.remote.json) {
        print_backup_json(report, to);
    } else if (!place.remote.quiet || !report.faults.empty()) {
        print_backup(report, to);
    }
    return report.faults.empty() ? 0 : kMissesSpec;
}

} // namespace

Command const kBackupCommand{.name = "backup", .help = kBackupHelp, .run = run_backup};

} // namespace stemlathe::service
