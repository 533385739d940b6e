#include "service/uploads/tus_door.hpp"

#include "service/api/idempotency.hpp"
#include "service/api/problem.hpp"
#include "service/store/crash_point.hpp"
#include "service/uploads/tus.hpp"
#include "service/uploads/upload_lookup.hpp"
#include "service/uploads/upload_sink.hpp"
#include "service/uploads/upload_wish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kBusyRetry_s = 5;

std::string field_of(Response const& response, std::string_view name) {
    auto const found = std::ranges::find_if(response.fields, [&](auto const& field) {
        return field.first == name;
    });
    return found == response.fields.end() ? std::string{} : found->second;
}

Response made_at(std::string const& upload) {
    return Response{.status = 201}.with("Location", fmt::format("{}/{}", kUploadsPath, upload));
}

/// A final upload whose answer was lost is asked for again, when its parts are used up already.
std::optional<std::string> earlier_final(Call const& call) {
    auto const concat = call.request.field("upload-concat");
    if (!concat.starts_with("final")) {
        return std::nullopt;
    }
    auto const rows = call.database().query(
        "SELECT id, tenant FROM upload WHERE kind='final' AND state='complete' AND concat=$1 AND "
        "metadata=$2 ORDER BY id DESC LIMIT 1",
        {std::string{concat}, std::string{call.request.field("upload-metadata")}}
    );
    bool const is_there = !rows.empty() && call.who.sees_tenant(rows.front().text("tenant"));
    return is_there ? std::optional{rows.front().text("id")} : std::nullopt;
}

/// A repeated request with the same Idempotency-Key: the upload that the first one made, unless
/// that has ended, for then its address is of no use.
std::optional<Response> answer_before(Call const& call) {
    if (call.request.field("idempotency-key").empty()) {
        return std::nullopt;
    }
    auto earlier = earlier_answer(call);
    auto const place = earlier ? field_of(*earlier, "Location") : std::string{};
    auto const id = place.substr(std::min(place.size(), place.rfind('/') + 1));
    auto const upload = earlier ? find_upload(call.database(), id) : std::nullopt;
    bool const is_there =
        upload && (upload->state == "receiving" || upload->state == "complete") && !upload->is_late;
    return is_there ? std::move(earlier) : std::nullopt;
}

} // namespace

std::unique_ptr<BodySink> TusDoor::receive(Call const& call) {
    check_tus_version(call.request);
    if (!uploads_.writers().is_alive()) {
        throw Problem{ProblemKind::unavailable, "the database was away; try again in a moment"}
            .retry_after(kBusyRetry_s);
    }
    return call.request.path_values.contains("upload") ? resume(call) : create(call);
}

void TusDoor::check_load(Call const& call, std::string const& tenant) const {
    auto const most = call.services.limits.uploads_per_tenant_max;
    if (call.request.body_bytes > 0 && uploads_.open().count(tenant) >= most) {
        throw Problem{
            ProblemKind::too_many_requests,
            fmt::format("{} uploads of this client are being written already", most)}
            .retry_after(kBusyRetry_s);
    }
}

std::unique_ptr<BodySink> TusDoor::create(Call const& call) {
    auto const& request = call.request;
    if (request.body_bytes > 0) {
        check_chunk_type(request);
    }
    auto checksum = checksum_of(request);
    if (auto const earlier = earlier_final(call)) {
        return std::make_unique<AnswerSink>(made_at(*earlier));
    }
    if (auto before = answer_before(call)) {
        return std::make_unique<AnswerSink>(*std::move(before));
    }
    auto wish = read_upload_wish(call);
    auto& upload = wish.upload;
    upload.boot = uploads_.boot();
    check_load(call, upload.tenant);
    auto const room = uploads_.room_bytes() - promised_bytes(call.database());
    if (upload.bytes > room) {
        throw Problem{
            ProblemKind::storage_full,
            fmt::format("the disk has no room for {} bytes now; try again later", upload.bytes)};
    }
    upload.writer = uploads_.writers().process();
    auto hold = uploads_.open().take(upload.id, request.body_bytes > 0 ? upload.tenant : "");
    Transaction transaction{call.database()};
    auto const life_ms = call.services.limits.upload_life_ms;
    upload.expires = insert_upload(call.database(), upload, life_ms, wish.freed);
    if (!request.field("idempotency-key").empty()) {
        keep_answer(call, made_at(upload.id));
    }
    uploads_.files().create(upload.id);
    crash_point(CrashSite::upload_before_create);
    transaction.commit();
    crash_point(CrashSite::upload_after_create);
    return std::make_unique<UploadSink>(
        uploads_,
        UploadStretch{
            .request_id = request.id,
            .upload = std::move(upload),
            .life_ms = life_ms,
            .is_new = true,
            .checksum = std::move(checksum)},
        std::move(hold)
    );
}

std::unique_ptr<BodySink> TusDoor::resume(Call const& call) {
    auto const& request = call.request;
    check_chunk_type(request);
    auto upload = upload_of_path(call);
    auto const wanted = whole_field(request, "upload-offset");
    auto checksum = checksum_of(request);
    if (upload.kind == "final") {
        throw Problem{ProblemKind::forbidden, "a final upload is made of its parts alone"};
    }
    refuse_if_written(uploads_, upload);
    auto const offset = offset_of(uploads_, upload);
    if (wanted != offset) {
        throw Problem{
            ProblemKind::conflict,
            fmt::format("the upload's offset is {}, and the request is for {}", offset, wanted)};
    }
    if (request.body_bytes > upload.bytes - offset) {
        throw Problem{
            ProblemKind::too_large,
            fmt::format("the body goes past the upload's {} bytes", upload.bytes)};
    }
    if (upload.state == "complete") {
        Response response{.status = 204};
        response.with("Upload-Offset", std::to_string(offset));
        return std::make_unique<AnswerSink>(std::move(response));
    }
    check_load(call, upload.tenant);
    auto const life_ms = call.services.limits.upload_life_ms;
    if (upload.durable > offset) { // the file was begun anew
        upload.durable = offset;
        note_durable(call.database(), upload, life_ms);
    }
    auto hold = uploads_.open().take(upload.id, request.body_bytes > 0 ? upload.tenant : "");
    if (!hold || !uploads_.writers().claim(call.database(), upload)) {
        refuse_while_written(); // a sweep, or another process, has taken it this moment
    }
    return std::make_unique<UploadSink>(
        uploads_,
        UploadStretch{
            .request_id = request.id,
            .upload = std::move(upload),
            .start = offset,
            .life_ms = life_ms,
            .checksum = std::move(checksum)},
        std::move(hold)
    );
}

} // namespace stemlathe::service
