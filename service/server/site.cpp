#include "service/server/site.hpp"

#include "formats/atomic_file.hpp"
#include "host/engine_generation.hpp"
#include "host/version.hpp"
#include "kernels/base/failure.hpp"
#include "service/api/job_ends.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/blobs/s3/s3_blob_store.hpp"
#include "service/store/ids.hpp"
#include "service/uploads/probe_stem.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <system_error>

namespace stemlathe::service {

namespace {

/// A folder that is there may belong to others as well: its rights stay as they are.
void make_if_missing(std::filesystem::path const& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) {
        made_folder(folder);
    }
}

/// Empty where the folder has none.
std::string name_in(std::filesystem::path const& file) {
    std::ifstream stream{file};
    std::string name;
    stream >> name;
    return name;
}

/// What the database calls its files; the first who comes gives the name.
std::string name_of_files(Database& database, std::filesystem::path const& file) {
    auto const known = database.query("SELECT value FROM installation WHERE name='files'");
    if (!known.empty()) {
        return known.front().text("value");
    }
    auto name = name_in(file);
    if (name.empty()) {
        name = make_id("fls");
        make_if_missing(file.parent_path());
        // Before the commit: a name that is known has its file.
        write_text_atomically(file, name + "\n");
    }
    database.query("INSERT INTO installation(name, value) VALUES('files', $1)", {name});
    return name;
}

void check_files(Database& database, std::filesystem::path const& folder) {
    auto const file = folder / "installation";
    Transaction transaction{database};
    auto const name = name_of_files(database, file);
    transaction.commit();
    if (auto const found = name_in(file); found != name) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is not where the files of this database lie: {} should hold {} and {}; mount "
                "the shared folder there, or name it as [blobs] dir on every machine; where they "
                "were "
                "restored there from a backup, write that name into it",
                folder.string(),
                file.string(),
                name,
                found.empty() ? "is not there" : "holds " + found
            )}
            .about_file(folder.string())
            .about_key("blobs.dir");
    }
}

/// What the database calls its files, made up and kept where it has no word for them.
std::string known_name(Database& database) {
    auto const known = database.query("SELECT value FROM installation WHERE name='files'");
    if (!known.empty()) {
        return known.front().text("value");
    }
    auto name = make_id("fls");
    database.query("INSERT INTO installation(name, value) VALUES('files', $1)", {name});
    return name;
}

/// An empty bucket is taken by a database that knows of no files yet.
void check_bucket(Database& database, S3BlobStore& bucket) {
    auto found = bucket.installation();
    Transaction transaction{database};
    bool const is_new =
        database.query("SELECT 1 AS one FROM installation WHERE name='files'").empty();
    bool const has_files = !database.query("SELECT 1 AS one FROM blob LIMIT 1").empty();
    if (is_new && !has_files && !found.empty()) { // another process of this house was here first
        database.query("INSERT INTO installation(name, value) VALUES('files', $1)", {found});
    }
    auto const name = known_name(database);
    if (found.empty() && !has_files) {
        found = bucket.name_installation(name);
    }
    transaction.commit();
    if (found != name) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the bucket of [blobs] url does not hold the files of this database: its "
                "\"installation\" should hold {} and {}; copy blobs/cas of the folder that was "
                "used before to cas/ there and put that object, or name the right bucket",
                name,
                found.empty() ? "is not there" : "holds " + found
            )}
            .about_key("blobs.url");
    }
}

} // namespace

std::filesystem::path made_folder(std::filesystem::path const& folder) {
    make_folder(folder);
    ::chmod(folder.c_str(), S_IRWXU);
    return folder;
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

AgentSettings named_agent(ServerSettings const& settings) {
    auto agent = settings.agent;
    agent.id = make_id("wrk");
    agent.host = host_name();
    agent.version = fmt::format("{} ({})", kVersion, kCommit);
    agent.engine = engine_generation();
    if (!settings.blobs.empty()) {
        agent.scratch = made_folder(std::filesystem::absolute(settings.data) / "scratch");
    }
    return agent;
}

std::unique_ptr<BlobStore> open_files(Database& database, ServerSettings const& settings) {
    auto const folder = settings.blobs.empty() ? settings.data / "blobs" : settings.blobs;
    if (settings.s3) {
        make_if_missing(folder);
        auto bucket = std::make_unique<S3BlobStore>(folder, *settings.s3, settings.keep_free);
        check_bucket(database, *bucket);
        return bucket;
    }
    if (!settings.store_url.empty()) {
        check_files(database, folder);
    }
    make_if_missing(folder);
    return std::make_unique<LocalBlobStore>(folder, settings.keep_free);
}

std::filesystem::path open_uploads_folder(ServerSettings const& settings) {
    if (settings.uploads.empty()) {
        return {};
    }
    make_if_missing(settings.uploads);
    return settings.uploads / "open";
}

void end_job(Database& database, JobEnd const& end) {
    end_probe(database, end);
    end_work(database, end);
}

void forget_other_engines(Database& database) {
    database.query("DELETE FROM engine_seen WHERE generation<>$1", {engine_generation()});
}

} // namespace stemlathe::service
