#include "tests/service/backup/house.hpp"

#include "service/audit/log_table.hpp"
#include "service/blobs/blob_rows.hpp"
#include "service/store/ids.hpp"
#include "service/store/snapshot.hpp"
#include "tests/service/store/test_database.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <fstream>

namespace stemlathe::test {

using service::Transaction;

House::House(std::unique_ptr<service::Database> given) {
    std::filesystem::create_directories(data());
    database = given ? std::move(given) : open_database(data());
    blobs = std::make_unique<service::LocalBlobStore>(
        data() / "blobs", service::FreeSpace{.percent = 0, .bytes = 0}
    );
    write_file(data() / "profiles.toml", "# the house's own\n");
    Transaction transaction{*database};
    add_tenant(*database, "anna");
    database->query("INSERT INTO session(id, tenant, state, details, created, updated) "
                    "VALUES('ses_1', 'anna', 'ready', '{}', now_ms(), now_ms())");
    database->query(
        "INSERT INTO job(id, tenant, subject, kind, class, state, spec, spec_digest, vstart, "
        "vfinish, cost, created) VALUES('job_1', 'anna', 'rnd_1', 'render', 'normal', "
        "'succeeded', '{}', '', 0, 0, 1, now_ms())"
    );
    database->query("INSERT INTO render(id, tenant, session, revision, job, deliveries, stems, "
                    "changes, created) VALUES('rnd_1', 'anna', 'ses_1', 1, 'job_1', '[]', '[]', "
                    "'[]', now_ms())");
    service::append_audit(*database, {.actor = "x", .action = "client.created", .detail = "{}"});
    transaction.commit();
}

service::Blob House::publish() {
    auto const file = blobs->workshop() / service::make_id("tmp");
    std::string bytes;
    for (int i = 0; i < 1'000; ++i) {
        bytes += service::random_secret();
    }
    write_file(file, bytes);
    return blobs->publish(file);
}

std::string House::add_stem(std::string const& filename) {
    auto const blob = publish();
    Transaction transaction{*database};
    service::note_blob(*database, blob);
    database->query(
        "INSERT INTO stem(id, tenant, session, kind, filename, digest, bytes, state, created) "
        "VALUES($1, 'anna', 'ses_1', 'stem', $2, $3, $4, 'ready', now_ms())",
        {service::make_id("stm"), filename, blob.digest, blob.bytes}
    );
    transaction.commit();
    return blob.digest;
}

std::string House::add_master(std::string const& name) {
    auto const blob = publish();
    Transaction transaction{*database};
    service::note_blob(*database, blob);
    database->query(
        "INSERT INTO output(job, name, digest, bytes, profile, fence) "
        "VALUES('job_1', $1, $2, $3, 'cd', 1)",
        {name, blob.digest, blob.bytes}
    );
    transaction.commit();
    return blob.digest;
}

std::string House::add_garbage() {
    auto const blob = publish();
    Transaction transaction{*database};
    service::note_blob(*database, blob);
    transaction.commit();
    return blob.digest;
}

/// As a garbage collection long after.
void House::forget_stem(std::string const& digest) {
    database->query("DELETE FROM stem WHERE digest=$1", {digest});
    database->query("DELETE FROM blob WHERE digest=$1", {digest});
    std::filesystem::remove(blob_file(digest));
}

service::BackupSource House::source() {
    return {
        .data = data(),
        .blobs =
            [this](service::Database& /*snapshot*/) {
                return std::make_unique<service::LocalBlobStore const>(
                    data() / "blobs", service::FreeSpace{.percent = 0, .bytes = 0}
                );
            },
        .store = "SQLite",
        .version = "test",
        .snapshot =
            [this](std::filesystem::path const& file) {
                service::snapshot_sqlite(*database, file);
            }};
}

service::BackupReport House::back_up() {
    return service::make_backup(source(), backup(), {});
}

std::filesystem::path House::blob_file(std::string const& digest) const {
    return blob_path(data() / "blobs", digest);
}

std::filesystem::path blob_path(std::filesystem::path const& store, std::string const& digest) {
    return store / "cas" / digest.substr(0, 2) / digest.substr(2, 2) / digest;
}

void flip_a_bit(std::filesystem::path const& file) {
    ::chmod(file.c_str(), 0600);
    std::fstream stream{file, std::ios::binary | std::ios::in | std::ios::out};
    auto const middle = static_cast<std::streamoff>(std::filesystem::file_size(file) / 2);
    stream.seekg(middle);
    auto const byte = static_cast<char>(stream.get() ^ 1);
    stream.seekp(middle);
    stream.put(byte);
}

std::string everything_in(service::Database& database) {
    struct Table {
        std::string_view name{};
        std::string_view columns{}; ///< as one text
    };

    constexpr std::array kTables{
        Table{"tenant", "id || name || used_bytes"},
        Table{"session", "id || state || details"},
        Table{"stem", "id || filename || digest || bytes || created"},
        Table{"job", "id || state || spec"},
        Table{"render", "id || session || job"},
        Table{"output", "job || name || digest || bytes"},
        Table{"blob", "digest || bytes || crc32 || state"}};
    std::string all;
    for (auto const& table : kTables) {
        all += fmt::format("\n{}:", table.name);
        for (auto const& row : database.query(
                 fmt::format("SELECT {} AS words FROM {} ORDER BY words", table.columns, table.name)
             )) {
            all += " " + row.text("words");
        }
    }
    return all;
}

} // namespace stemlathe::test
