#include "service/cli/store_place.hpp"

#include "kernels/base/failure.hpp"
#include "service/api/audit_note.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/blobs/s3/s3_blobs.hpp"
#include "service/client/documents.hpp"
#include "service/store/ids.hpp"
#include "service/store/open_store.hpp"
#include "service/store/snapshot.hpp"
#include "service/store/sqlite/database_lock.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <optional>

namespace stemlathe::service {

namespace {

namespace fs = std::filesystem;

bool is_worked_on(fs::path const& data) {
    auto const file = fs::absolute(database_file(data));
    if (!fs::exists(file)) {
        return false; // open_existing says so
    }
    try {
        DatabaseLock const free{file};
        return false;
    } catch (Failure const& failure) {
        if (failure.code() != Code::invalid_argument) {
            throw;
        }
        return true;
    }
}

/// On the service's own machine its owner's token may stand in the environment under its own name.
RemoteSettings
house_settings(RemoteOptions const& options, std::string_view command, ProgressLine& progress) {
    auto settings = options.settings(command, progress);
    auto const* const token = std::getenv("STEMLATHE_ADMIN_TOKEN");
    if (settings.token.empty() && token != nullptr) {
        settings.token = token;
    }
    return settings;
}

/// Waits until a snapshot that was asked for is there.
void await_snapshot(Remote& remote, std::string const& id) {
    constexpr std::chrono::milliseconds kBetweenLooks{200};
    while (true) {
        auto const answer = remote.get("/v1/snapshots/" + id, {{"Prefer", "wait=20"}});
        auto const state = text_in(answer, "state");
        if (state == "ready") {
            return;
        }
        if (state != "running") {
            throw Failure{
                Code::storage_failed,
                fmt::format(
                    "{} could not copy its database: {}",
                    remote.server(),
                    text_in(answer, "problem")
                )};
        }
        sleep_for(kBetweenLooks, remote.stop());
    }
}

/// Has the service that works on `data` copy its database. @returns where it lies
fs::path asked_snapshot(
    StorePlace const& place,
    std::string_view command,
    fs::path const& data,
    std::stop_token const& stop
) {
    auto const* const variable = std::getenv("STEMLATHE_SERVER");
    if (place.remote.server.empty() && variable == nullptr) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "a service is working on {}: name it with --server and give an owner's --token, so "
                "that it copies its database itself, or stop it",
                data.string()
            )}
            .about_key("--server");
    }
    ProgressLine progress{place.remote.quiet};
    Remote remote{house_settings(place.remote, command, progress), stop};
    auto const answer = remote.post("/v1/snapshots", {}, make_id("key"));
    await_snapshot(remote, text_in(answer, "id"));
    // A name alone, for the answer may be anybody's.
    auto const file = data / "snapshots" / fs::path{text_in(answer, "file")}.filename();
    if (!fs::is_regular_file(file)) {
        throw Failure{
            Code::not_found,
            fmt::format(
                "{} has copied its database, but not to {}: it works on another folder or machine",
                remote.server(),
                file.string()
            )}
            .about_file(file.string());
    }
    return file;
}

} // namespace

std::unique_ptr<BlobSource const> kept_blobs(ServerSettings const& settings, Database& database) {
    if (!settings.s3) {
        return std::make_unique<LocalBlobStore const>(
            settings.blobs.empty() ? settings.data / "blobs" : settings.blobs
        );
    }
    auto bucket = std::make_unique<S3Blobs const>(*settings.s3);
    auto const rows = database.query("SELECT value FROM installation WHERE name='files'");
    auto const known = rows.empty() ? std::string{} : rows.front().text("value");
    if (auto const found = bucket->installation(); found != known) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the bucket of [blobs] url does not hold the files of this database: its "
                "\"installation\" should hold {} and {}; name the right bucket",
                known,
                found.empty() ? "is not there" : "holds " + found
            )}
            .about_key("blobs.url");
    }
    return bucket;
}

void StorePlace::declare(Arguments& arguments) {
    arguments.option("--data", data);
    arguments.option("--config", config);
    remote.declare(arguments);
}

ServerSettings StorePlace::settings(std::string_view command) const {
    require(command, "--data <dir> or --config <file>", !data.empty() || !config.empty());
    ServerSettings settings;
    if (!config.empty()) {
        read_config(config, settings);
    }
    if (!data.empty()) {
        settings.data = data;
    }
    return settings;
}

void StorePlace::snapshot(
    std::string_view command, fs::path const& file, std::stop_token const& stop
) const {
    auto const place = settings(command);
    if (!place.store_url.empty()) {
        snapshot_postgres(place.store_url, file);
    } else if (!is_worked_on(place.data)) {
        snapshot_sqlite(*open_existing(place.data, ""), file);
    } else {
        auto const made = asked_snapshot(*this, command, place.data, stop);
        fs::copy_file(made, file);
        make_lasting(file);
        fs::remove(made);
    }
}

void StorePlace::note_scrubbed(
    std::string_view command, ScrubRecord const& done, std::stop_token const& stop
) const {
    auto const place = settings(command);
    if (place.store_url.empty() && is_worked_on(place.data)) {
        ProgressLine progress{remote.quiet};
        Remote service{house_settings(remote, command, progress), stop};
        service.post(
            "/v1/scrubs",
            {{"files", done.files}, {"bytes", done.bytes}, {"damaged", done.damaged}},
            make_id("key")
        );
        return;
    }
    auto const database = open_existing(place.data, place.store_url);
    Transaction transaction{*database};
    note_scrub(*database, done);
    note_own(
        *database,
        {.action = "scrub.finished",
         .subject = "files",
         .client = std::string{kHouse},
         .detail = {{"files", done.files}, {"damaged", done.damaged}}}
    );
    transaction.commit();
}

std::unique_ptr<Database>
StorePlace::database(std::string_view command, std::stop_token const& stop) const {
    auto const place = settings(command);
    if (!place.store_url.empty() || !is_worked_on(place.data)) {
        return open_existing(place.data, place.store_url);
    }
    auto const made = asked_snapshot(*this, command, place.data, stop);
    auto opened = open_snapshot(fs::absolute(made));
    fs::remove(made); // it stays readable for whoever has it open
    return opened;
}

} // namespace stemlathe::service
