#include "service/api/webhooks_api.hpp"

#include "host/toml/nearest_name.hpp"
#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/document.hpp"
#include "service/api/lookup.hpp"
#include "service/store/ids.hpp"
#include "service/webhooks/event_types.hpp"
#include "service/webhooks/outbox.hpp"
#include "service/webhooks/secret_box.hpp"
#include "service/webhooks/target_address.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

constexpr std::size_t kWebhookNameMax = 100;
constexpr std::size_t kUrlMax = 2048;
constexpr std::size_t kClientIdMax = 64;
constexpr std::size_t kTypesMax = 50;
constexpr std::size_t kTypeMax = 64;
constexpr std::int64_t kFullRetry_s = 60;
constexpr std::array<std::string_view, 3> kDeliveryStates{"waiting", "delivered", "given_up"};

boost::json::object webhook_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"client", row.text("tenant")},
        {"name", row.text("name")},
        {"url", row.text("url")},
        {"types", stored_json(row.text("types"))},
        {"enabled", !row.maybe_integer("disabled").has_value()},
        {"disabled", time_or_null(row.maybe_integer("disabled"))},
        {"disabled_why", text_or_null(row.maybe_text("disabled_why"))},
        {"old_secret_until", time_or_null(row.maybe_integer("old_until"))},
        {"version", row.integer("version")},
        {"created", time_text(row.integer("created"))},
        {"updated", time_text(row.integer("updated"))}};
}

boost::json::object delivery_json(Row const& row) {
    bool const is_waiting = row.text("state") == "waiting";
    auto const status = row.maybe_integer("last_status");
    return {
        {"id", row.text("id")},
        {"event", row.integer("event")},
        {"type", row.text("type")},
        {"subject", row.text("subject")},
        {"state", row.text("state")},
        {"attempts", row.integer("attempt")},
        {"last_status", status ? boost::json::value(*status) : boost::json::value{}},
        {"last_error", text_or_null(row.maybe_text("last_error"))},
        {"next_attempt",
         is_waiting ? time_or_null(row.maybe_integer("next_at")) : boost::json::value{}},
        {"created", time_text(row.integer("created"))},
        {"updated", time_text(row.integer("updated"))}};
}

/// The webhook of the path's {webhook}. @throws Problem{not_found}
Found webhook_of(Call const& call) {
    auto rows = call.database().query(
        "SELECT * FROM webhook WHERE id=$1 AND deleted IS NULL",
        {call.request.path_value("webhook")}
    );
    if (rows.empty() || !call.who.sees_tenant(rows.front().text("tenant"))) {
        throw Problem{ProblemKind::not_found, "there is no such webhook"};
    }
    return Found{std::move(rows)};
}

Found delivery_of(Call const& call, Row const& webhook) {
    auto rows = call.database().query(
        "SELECT * FROM webhook_delivery WHERE id=$1 AND webhook=$2",
        {call.request.path_value("message"), webhook.text("id")}
    );
    if (rows.empty()) {
        throw Problem{ProblemKind::not_found, "the webhook has no such delivery"};
    }
    return Found{std::move(rows)};
}

/// @throws Problem{conflict} it is disabled; {queue_full} enough waits for it
void check_takes_deliveries(Call const& call, Row const& webhook) {
    if (webhook.maybe_integer("disabled")) {
        throw Problem{
            ProblemKind::conflict, "the webhook is disabled; PATCH it with {\"enabled\": true}"};
    }
    auto const most = call.services.webhook_settings.queue_max;
    if (count_waiting_deliveries(call.database(), webhook.text("id")) >= most) {
        throw Problem{
            ProblemKind::queue_full,
            fmt::format("{} deliveries of this webhook wait already", most)}
            .retry_after(kFullRetry_s);
    }
}

std::optional<std::string> url_in(DocumentReader& reader, TargetRules const& rules) {
    auto url = reader.text("url", kUrlMax, 1);
    if (url) {
        if (auto complaint = complaint_about(*url, rules); !complaint.empty()) {
            reader.wrong("url", std::move(complaint));
        }
    }
    return url;
}

/// JSON text.
std::optional<std::string> types_in(DocumentReader& reader) {
    auto const types = reader.texts("types", kTypesMax, kTypeMax);
    if (!types) {
        return std::nullopt;
    }
    std::vector<std::string_view> known{event_groups().begin(), event_groups().end()};
    known.insert(known.end(), event_types().begin(), event_types().end());
    if (types->empty()) {
        reader.wrong("types", "must hold at least one type of event, or \"*\"");
    }
    for (auto const& type : *types) {
        if (std::ranges::find(known, type) == known.end()) {
            reader.wrong("types", fmt::format("holds \"{}\"{}", type, suggestion(type, known)));
        }
    }
    return boost::json::serialize(boost::json::array(types->begin(), types->end()));
}

SecretBox const& secrets_of(Call const& call) {
    return *call.services.webhook_secrets;
}

void check_count(Call const& call, std::string const& tenant) {
    auto const most = call.services.webhook_settings.per_client_max;
    auto const rows = call.database().query(
        "SELECT count(*) AS count FROM webhook WHERE tenant=$1 AND deleted IS NULL", {tenant}
    );
    if (rows.front().integer("count") >= most) {
        throw Problem{
            ProblemKind::conflict,
            fmt::format("a client has {} webhooks at most; delete one that is not needed", most)};
    }
}

/// Of the address no more than where it is: what follows may be a secret of the receiver.
void note_webhook(
    Call const& call, Row const& webhook, std::string_view action, boost::json::object detail = {}
) {
    auto const& url = webhook.text("url");
    auto const host = url.find("//");
    auto const path = host == std::string::npos ? host : url.find_first_of("/?#", host + 2);
    detail["address"] = url.substr(0, path);
    note_action(
        call,
        {.action = action,
         .subject = webhook.text("id"),
         .client = webhook.text("tenant"),
         .detail = std::move(detail)}
    );
}

} // namespace

Response create_webhook(Call const& call) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    reader.require("url");
    auto const url = url_in(reader, call.services.webhook_settings.targets);
    auto const name = reader.text("name", kWebhookNameMax);
    auto const types = types_in(reader);
    auto const client = reader.text("client", kClientIdMax);
    reader.finish();
    auto const tenant = tenant_for(call, client);
    check_count(call, tenant);
    auto const secret = new_webhook_secret();
    auto const rows = call.database().query(
        "INSERT INTO webhook(id, tenant, name, url, types, key_id, secret, read_to, created, "
        "updated) VALUES($1, $2, $3, $4, $5, $6, $7, $8, now_ms(), now_ms()) RETURNING *",
        {make_id("whk"),
         tenant,
         name.value_or(""),
         *url,
         types.value_or(R"(["*"])"),
         secrets_of(call).key_id(),
         secrets_of(call).seal(secret),
         end_of_log(call.database())}
    );
    note_webhook(call, rows.front(), "webhook.created");
    auto document = webhook_json(rows.front());
    document["secret"] = secret;
    return created_answer(call, "/v1/webhooks/" + rows.front().text("id"), document);
}

Response list_webhooks(Call const& call) {
    auto const page = page_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM webhook WHERE deleted IS NULL AND id>$1 AND ($2='' OR tenant=$2) "
        "AND updated>=$3 ORDER BY id LIMIT $4",
        {page.after,
         call.who.is_house() ? std::string{} : call.who.tenant,
         updated_since(call),
         page.limit + 1}
    );
    return list_answer(page, rows, webhook_json);
}

Response show_webhook(Call const& call) {
    return versioned_answer(call, 200, webhook_json(*webhook_of(call)));
}

Response change_webhook(Call const& call) {
    auto const webhook = webhook_of(call);
    check_version(call, webhook->integer("version"));
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    auto const url = url_in(reader, call.services.webhook_settings.targets);
    auto const name = reader.text("name", kWebhookNameMax);
    auto const types = types_in(reader);
    auto const enabled = reader.boolean("enabled");
    reader.finish();
    auto& database = call.database();
    auto const& id = webhook->text("id");
    database.query(
        "UPDATE webhook SET url=$2, name=$3, types=$4, version=version+1, updated=now_ms() "
        "WHERE id=$1",
        {id,
         url.value_or(webhook->text("url")),
         name.value_or(webhook->text("name")),
         types.value_or(webhook->text("types"))}
    );
    if (enabled == false) {
        disable_webhook(database, id, "request");
    } else if (enabled == true) { // it hears of what happens from now on
        database.query(
            "UPDATE webhook SET disabled=NULL, disabled_why=NULL, failing_since=NULL, read_to=$2 "
            "WHERE id=$1 AND disabled IS NOT NULL",
            {id, end_of_log(database)}
        );
    }
    auto const changed = webhook_of(call);
    note_webhook(call, *changed, "webhook.changed");
    return versioned_answer(call, 200, webhook_json(*changed));
}

Response delete_webhook(Call const& call) {
    auto const webhook = webhook_of(call);
    check_version(call, webhook->integer("version"));
    auto const& id = webhook->text("id");
    call.database().query("DELETE FROM webhook_delivery WHERE webhook=$1", {id});
    call.database().query(
        "UPDATE webhook SET deleted=now_ms(), secret='', old_secret=NULL WHERE id=$1", {id}
    );
    note_webhook(call, *webhook, "webhook.deleted");
    return empty_answer();
}

Response rotate_webhook_secret(Call const& call) {
    auto const webhook = webhook_of(call);
    auto const& box = secrets_of(call);
    if (webhook->text("key_id") != box.key_id()) {
        throw Problem{
            ProblemKind::unavailable,
            "this server has another key for secrets than the one that made the webhook; the house "
            "must give all its servers the same [webhooks] key_file"};
    }
    auto const secret = new_webhook_secret();
    auto const rows = call.database().query(
        "UPDATE webhook SET old_secret=secret, old_until=now_ms()+$3, secret=$2, "
        "version=version+1, updated=now_ms() WHERE id=$1 RETURNING *",
        {webhook->text("id"), box.seal(secret), call.services.webhook_settings.rotation.count()}
    );
    note_webhook(call, rows.front(), "webhook.rotated");
    auto document = webhook_json(rows.front());
    document["secret"] = secret;
    return versioned_answer(call, 200, document);
}

Response test_webhook(Call const& call) {
    auto const webhook = webhook_of(call);
    check_takes_deliveries(call, *webhook);
    auto const id =
        make_test_delivery(call.database(), webhook->text("id"), webhook->text("tenant"));
    auto const rows = call.database().query("SELECT * FROM webhook_delivery WHERE id=$1", {id});
    note_webhook(call, *webhook, "webhook.tested", {{"delivery", id}});
    return json_answer(202, delivery_json(rows.front()))
        .with("Location", fmt::format("/v1/webhooks/{}/deliveries/{}", webhook->text("id"), id));
}

Response list_webhook_deliveries(Call const& call) {
    auto const webhook = webhook_of(call);
    auto const page = page_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM webhook_delivery WHERE webhook=$1 AND id>$2 AND ($3='' OR state=$3) "
        "AND updated>=$4 ORDER BY id LIMIT $5",
        {webhook->text("id"),
         page.after,
         query_word(call, "state", kDeliveryStates),
         updated_since(call),
         page.limit + 1}
    );
    return list_answer(page, rows, delivery_json);
}

Response show_webhook_delivery(Call const& call) {
    auto const webhook = webhook_of(call);
    auto const delivery = delivery_of(call, *webhook);
    auto document = delivery_json(*delivery);
    document["body"] = stored_json(delivery->text("body"));
    return json_answer(200, document);
}

Response redeliver(Call const& call) {
    auto const webhook = webhook_of(call);
    auto const delivery = delivery_of(call, *webhook);
    if (delivery->text("state") != "waiting") {
        check_takes_deliveries(call, *webhook);
    }
    auto const rows = call.database().query(
        "UPDATE webhook_delivery SET attempt=0, updated=now_ms(), state='waiting', next_at="
        "CASE WHEN state='waiting' AND next_at IS NULL THEN NULL ELSE now_ms() END "
        "WHERE id=$1 RETURNING *",
        {delivery->text("id")}
    );
    note_webhook(call, *webhook, "webhook.redelivered", {{"delivery", delivery->text("id")}});
    return json_answer(202, delivery_json(rows.front()))
        .with(
            "Location",
            fmt::format("/v1/webhooks/{}/deliveries/{}", webhook->text("id"), delivery->text("id"))
        );
}

} // namespace stemlathe::service
