#include "service/uploads/upload_rows.hpp"

#include "kernels/base/assert.hpp"
#include "service/api/problem.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kColumns =
    "SELECT *, CASE WHEN expires<=now_ms() AND (state='receiving' OR "
    "(state='complete' AND kind='partial')) THEN 1 ELSE 0 END AS late FROM upload";

Upload upload_of(Row const& row) {
    return {
        .id = row.text("id"),
        .tenant = row.text("tenant"),
        .session = row.maybe_text("session"),
        .state = row.text("state"),
        .kind = row.text("kind"),
        .concat = row.maybe_text("concat"),
        .metadata = row.text("metadata"),
        .role = row.maybe_text("role"),
        .filename = row.maybe_text("filename"),
        .sha256 = row.maybe_text("sha256"),
        .bytes = row.integer("bytes"),
        .expires = row.integer("expires"),
        .boot = row.text("boot"),
        .durable = row.integer("durable"),
        .is_late = row.integer("late") != 0,
        .writer = row.maybe_text("writer").value_or("")};
}

} // namespace

std::optional<Upload> find_upload(Database& database, std::string const& id) {
    auto const rows = database.query(fmt::format("{} WHERE id=$1", kColumns), {id});
    return rows.empty() ? std::nullopt : std::optional{upload_of(rows.front())};
}

std::vector<Upload> uploads_in_state(Database& database, std::string const& state) {
    std::vector<Upload> uploads;
    for (auto const& row :
         database.query(fmt::format("{} WHERE state=$1 ORDER BY id", kColumns), {state})) {
        uploads.push_back(upload_of(row));
    }
    return uploads;
}

std::int64_t
insert_upload(Database& database, Upload const& upload, std::int64_t life_ms, std::int64_t freed) {
    STEMLATHE_ASSERT(database.in_transaction());
    auto const reserved = database.query(
        "UPDATE tenant SET used_bytes=used_bytes+$2 "
        "WHERE id=$1 AND used_bytes+$2-$3<=quota_bytes RETURNING id",
        {upload.tenant, upload.bytes, freed}
    );
    if (reserved.empty()) {
        throw Problem{
            ProblemKind::quota_exceeded,
            fmt::format("{} bytes more than the client's storage has left", upload.bytes)};
    }
    auto const rows = database.query(
        "INSERT INTO upload(id, tenant, session, state, kind, concat, metadata, role, filename, "
        "sha256, bytes, created, expires, boot, writer) VALUES($1, $2, $3, 'receiving', $4, $5, "
        "$6, "
        "$7, $8, $9, $10, now_ms(), now_ms()+$11, $12, NULLIF($13, '')) RETURNING expires",
        {upload.id,
         upload.tenant,
         value_of(upload.session),
         upload.kind,
         value_of(upload.concat),
         upload.metadata,
         value_of(upload.role),
         value_of(upload.filename),
         value_of(upload.sha256),
         upload.bytes,
         life_ms,
         upload.boot,
         upload.writer}
    );
    return rows.front().integer("expires");
}

std::int64_t note_durable(Database& database, Upload const& upload, std::int64_t life_ms) {
    auto const rows = database.query(
        "UPDATE upload SET durable=$2, boot=$3, expires=now_ms()+$4 "
        "WHERE id=$1 AND state='receiving' AND COALESCE(writer, '')=$5 RETURNING expires",
        {upload.id, upload.durable, upload.boot, life_ms, upload.writer}
    );
    if (rows.empty()) {
        throw Problem{ProblemKind::gone, "the upload was ended meanwhile"};
    }
    return rows.front().integer("expires");
}

bool end_upload(Database& database, Upload const& upload, std::string const& state) {
    STEMLATHE_ASSERT(database.in_transaction());
    bool const holds_bytes = upload.state == "receiving" || upload.kind == "partial";
    auto const rows = database.query(
        "UPDATE upload SET state=$3, writer=NULL WHERE id=$1 AND state=$2 AND "
        "COALESCE(writer, '')=$4 RETURNING id",
        {upload.id, upload.state, state, upload.writer}
    );
    if (rows.empty()) {
        return false;
    }
    if (holds_bytes) {
        give_back(database, upload.tenant, upload.bytes);
    }
    return true;
}

void give_back(Database& database, std::string const& tenant, std::int64_t bytes) {
    database.query("UPDATE tenant SET used_bytes=used_bytes-$2 WHERE id=$1", {tenant, bytes});
}

std::int64_t promised_bytes(Database& database) {
    return database
        .query("SELECT CAST(COALESCE(sum(bytes-durable), 0) AS BIGINT) AS promised FROM upload "
               "WHERE state='receiving'")
        .front()
        .integer("promised");
}

} // namespace stemlathe::service
