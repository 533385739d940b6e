#include "service/uploads/stem_arrival.hpp"

#include "service/store/events.hpp"
#include "service/store/ids.hpp"
#include "service/uploads/tus.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <set>

namespace stemlathe::service {

namespace {

/// The jail decodes at some hundred times realtime; queues only need the proportion.
constexpr std::int64_t kProbeStart_ms = 50;
constexpr std::int64_t kProbeBytesPerMs = 100'000;

/// The file that the new one replaces, as it was; nothing where there is none.
std::optional<Row> replace_older(Database& database, Upload const& upload) {
    std::optional<Row> older;
    for (auto const& row : database.query(
             "UPDATE stem SET deleted=now_ms(), version=version+1 WHERE session=$1 AND kind=$2 "
             "AND filename=$3 AND deleted IS NULL RETURNING *",
             {value_of(upload.session), value_of(upload.role), value_of(upload.filename)}
         )) {
        give_back(database, row.text("tenant"), row.integer("bytes"));
        older = row;
    }
    return older;
}

std::string
insert_stem(Database& database, Upload const& upload, Blob const& blob, std::string const& state) {
    auto const id = make_id("stm");
    auto const older = replace_older(database, upload);
    auto const earlier = [&](std::string_view column) {
        return older ? value_of(older->maybe_text(column)) : Value{nullptr};
    };
    database.query(
        "INSERT INTO stem(id, tenant, session, kind, filename, digest, bytes, state, role, "
        "priority, offset_s, mute, created) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "$12, now_ms())",
        {id,
         upload.tenant,
         value_of(upload.session),
         value_of(upload.role),
         value_of(upload.filename),
         blob.digest,
         blob.bytes,
         state,
         earlier("role"),
         older ? value_of(older->maybe_integer("priority")) : Value{nullptr},
         earlier("offset_s"),
         older ? older->integer("mute") : std::int64_t{0}}
    );
    return id;
}

void queue_probe(JobQueue& queue, Upload const& upload, Blob const& blob, std::string const& stem) {
    boost::json::object const spec{
        {"stem", stem},
        {"session", *upload.session},
        {"kind", *upload.role},
        {"filename", *upload.filename},
        {"digest", blob.digest},
        {"bytes", blob.bytes}};
    queue.enqueue(
        {.tenant = upload.tenant,
         .session = upload.session,
         .subject = stem,
         .kind = "probe",
         .klass = "preview", // somebody waits for it
         .spec = boost::json::serialize(spec),
         .cost_ms = kProbeStart_ms + blob.bytes / kProbeBytesPerMs}
    );
}

} // namespace

bool arrive(Database& database, JobQueue& queue, Upload const& upload, Blob const& blob) {
    auto const sessions = database.query(
        "SELECT id FROM session WHERE id=$1 AND deleted IS NULL", {value_of(upload.session)}
    );
    if (sessions.empty()) {
        return false;
    }
    bool const is_audio = *upload.role != "attachment";
    std::string const state = is_audio ? "probing" : "ready";
    auto const stem = insert_stem(database, upload, blob, state);
    if (is_audio) {
        queue_probe(queue, upload, blob, stem);
    }
    boost::json::object const data{{"filename", *upload.filename}, {"kind", *upload.role}};
    append_event(
        database,
        {.tenant = upload.tenant,
         .session = upload.session,
         .type = "stem." + state,
         .subject = stem,
         .data = boost::json::serialize(data)}
    );
    return true;
}

std::vector<std::string> parts_of(Upload const& upload) {
    return upload.kind == "final" ? parse_concat(*upload.concat).parts : std::vector<std::string>{};
}

void end_parts(Database& database, Upload const& upload) {
    auto const parts = parts_of(upload);
    for (auto const& id : std::set<std::string>{parts.begin(), parts.end()}) {
        if (auto const part = find_upload(database, id)) {
            end_upload(database, *part, "deleted");
        }
    }
}

} // namespace stemlathe::service
