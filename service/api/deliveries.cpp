#include "service/api/deliveries.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/delivery_archive.hpp"
#include "service/api/document.hpp"
#include "service/api/file_answer.hpp"
#include "service/api/lookup.hpp"
#include "service/api/sessions.hpp"
#include "service/store/events.hpp"
#include "service/store/ids.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr std::size_t kIdMax = 64;
constexpr std::size_t kProfilesMax = 32;

boost::json::object delivery_json(Row const& row) {
    auto const place =
        "/v1/sessions/" + row.text("session") + "/deliveries/" + row.text("id") + "/archive";
    return {
        {"id", row.text("id")},
        {"session", row.text("session")},
        {"render", row.text("render")},
        {"approval", row.text("approval")},
        {"files", stored_json(row.text("files"))},
        {"url", place},
        {"created", time_text(row.integer("created"))}};
}

/// The files of an approved render, all or those of some profiles.
boost::json::array files_for(
    Call const& call,
    std::string const& job,
    std::optional<std::vector<std::string>> const& profiles
) {
    boost::json::array files;
    for (auto const& row : call.database().query(
             "SELECT o.name AS name, o.profile AS profile, o.bytes AS bytes, o.digest AS digest, "
             "b.crc32 AS crc32 FROM output o JOIN blob b ON b.digest=o.digest "
             "WHERE o.job=$1 AND o.name LIKE 'masters/%' ORDER BY o.name",
             {job}
         )) {
        auto const profile = row.maybe_text("profile").value_or("");
        if (profiles && std::ranges::find(*profiles, profile) == profiles->end()) {
            continue;
        }
        files.push_back(
            {{"name", row.text("name").substr(std::string_view{"masters/"}.size())},
             {"profile", profile},
             {"bytes", row.integer("bytes")},
             {"sha256", row.text("digest")},
             {"crc32", row.integer("crc32")}}
        );
    }
    return files;
}

/// An approval that was withdrawn takes its deliveries with it.
void check_approved(Call const& call, Row const& delivery) {
    auto const rows = call.database().query(
        "SELECT id FROM approval WHERE id=$1 AND withdrawn IS NULL", {delivery.text("approval")}
    );
    if (rows.empty()) {
        throw Problem{
            ProblemKind::not_approved, "the approval of this delivery has been withdrawn"};
    }
}

} // namespace

Response create_delivery(Call const& call) {
    auto const session = session_of(call);
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    reader.require("render");
    auto const render_id = reader.text("render", kIdMax).value_or("");
    auto const profiles = reader.texts("profiles", kProfilesMax, kIdMax);
    reader.finish();
    auto const render = render_named(call, session->text("id"), render_id);
    auto const approval = standing_approval(call, render_id);
    if (!approval) {
        throw Problem{
            ProblemKind::not_approved,
            "this revision is not approved; its approval unlocks delivery"};
    }
    auto const files = files_for(call, render->text("job"), profiles);
    if (files.empty()) {
        throw Problem{
            ProblemKind::invalid_document,
            "this revision has no file of these profiles",
            {{.pointer = "/profiles", .message = "names no profile that was rendered"}}};
    }
    auto const rows = call.database().query(
        "INSERT INTO delivery(id, tenant, session, approval, render, files, created) "
        "VALUES($1, $2, $3, $4, $5, $6, now_ms()) RETURNING *",
        {make_id("dlv"),
         session->text("tenant"),
         session->text("id"),
         *approval,
         render_id,
         boost::json::serialize(files)}
    );
    auto const& row = rows.front();
    set_session_state(call.database(), session->text("id"), "delivered");
    append_event(
        call.database(),
        {.tenant = row.text("tenant"),
         .session = row.text("session"),
         .type = "delivery.ready",
         .subject = row.text("id"),
         .data = "{}"}
    );
    note_action(
        call,
        {.action = "delivery.created",
         .subject = row.text("id"),
         .client = row.text("tenant"),
         .detail =
             {{"session", row.text("session")}, {"render", render_id}, {"files", files.size()}}}
    );
    return json_answer(201, delivery_json(row))
        .with("Location", "/v1/sessions/" + row.text("session") + "/deliveries/" + row.text("id"));
}

Response list_deliveries(Call const& call) {
    auto const page = page_of(call);
    auto const session = session_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM delivery WHERE session=$1 AND id>$2 AND created>=$3 ORDER BY id LIMIT $4",
        {session->text("id"), page.after, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, delivery_json);
}

Response show_delivery(Call const& call) {
    return json_answer(200, delivery_json(*part_of_session(call, "delivery")));
}

Response send_archive(Call const& call) {
    auto const session = session_of(call);
    auto const delivery = part_of_session(call, "delivery");
    check_approved(call, *delivery);
    note_download(
        call,
        {.action = "archive.downloaded",
         .subject = delivery->text("id"),
         .client = delivery->text("tenant"),
         .detail = {{"session", session->text("id")}, {"render", delivery->text("render")}}}
    );
    return archive_answer(
        call,
        stored_json(delivery->text("files")).as_array(),
        stored_json(session->text("details")).as_object()
    );
}

} // namespace stemlathe::service
