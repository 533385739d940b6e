#include "host/report/json_text.hpp"
#include "service/backup/backup.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/command.hpp"
#include "service/cli/exit_codes.hpp"
#include "service/cli/fault_list.hpp"
#include "service/cli/stop_signals.hpp"
#include "service/server/settings.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kRestoreHelp =
    R"(stemlathe restore --from DIR (--data <dir> | --config <file>) [--json] [--quiet]

Makes an installation of a backup that stemlathe backup made. Every file is hashed as it is copied,
and the database is put in its place last, so that a restore that was interrupted is simply started
again. Then: stemlathe serve --data <dir>.

  --from DIR       The backup.
  --data <dir>     A folder without an installation; made where it is missing.
  --config <file>  A stemlathe.toml that names it, and where files are to lie: a folder, or a bucket
                   that is empty or holds files of this installation already. It does not matter
                   where they lay before. --data goes before it.
  --json           {"data","store","blobs","audit_head","damaged"} on stdout.
  --quiet          Nothing but the exit code where all is well.

The installation has its database in SQLite, also where the backup is of a PostgreSQL: then
stemlathe migrate --from <dir> --to <url> moves it there. Of a backup that was made --without-blobs,
every file must be in the bucket with its size; stemlathe scrub then reads them. Workers, links and
tokens are as they were when the backup was made; uploads that were on their way begin anew.

Exit codes: 0 done; 4 done, but the backup lacks files or has damaged ones: they are named with what
needs them; 1 the database is damaged, the disk is full or fails, 2 wrong input, 130 interrupted.

Example: stemlathe restore --from /mnt/backup --data var
)";

int run_restore(Words const& words) {
    std::string from;
    std::string data;
    std::string config;
    bool as_json = false;
    bool is_quiet = false;
    Arguments arguments{"restore"};
    arguments.option("--from", from);
    arguments.option("--data", data);
    arguments.option("--config", config);
    arguments.flag("--json", as_json);
    arguments.flag("--quiet", is_quiet);
    arguments.parse(words);
    require("restore", "--from DIR", !from.empty());
    require("restore", "--data <dir> or --config <file>", !data.empty() || !config.empty());
    ServerSettings settings;
    if (!config.empty()) {
        read_config(config, settings);
    }
    data = data.empty() ? settings.data.string() : data;
    StopSignals const signals;
    auto const report = restore_backup(
        from,
        {.data = data, .blobs = settings.s3 ? "" : settings.blobs, .s3 = settings.s3},
        signals.token()
    );
    auto const& manifest = report.manifest;
    if (as_json) {
        fmt::print(
            "{}",
            json_text(boost::json::object{
                {"data", data},
                {"store", manifest.store},
                {"blobs", {{"count", manifest.blobs}, {"bytes", manifest.blob_bytes}}},
                {"audit_head", manifest.audit_head},
                {"damaged", faults_json(report.faults)}})
        );
    } else if (!is_quiet || !report.faults.empty()) {
        print_faults(report.faults);
        fmt::print(
            "{} holds the installation with {} files of {} bytes; {} are damaged or missing.\n",
            data,
            manifest.blobs,
            manifest.blob_bytes,
            report.faults.size()
        );
    }
    return report.faults.empty() ? 0 : kMissesSpec;
}

} // namespace

Command const kRestoreCommand{.name = "restore", .help = kRestoreHelp, .run = run_restore};

} // namespace stemlathe::service
