#include "service/api/tenants.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/document.hpp"
#include "service/api/lookup.hpp"
#include "service/store/ids.hpp"

namespace stemlathe::service {

namespace {

constexpr std::size_t kNameMax = 200;
constexpr std::int64_t kQuotaMax = std::int64_t{1} << 50U;
constexpr std::int64_t kQuota = std::int64_t{100} << 30U;
constexpr std::int64_t kWeightMax = 10'000;
constexpr std::int64_t kJobsMax = 100'000;

boost::json::object client_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"name", row.text("name")},
        {"weight", row.integer("weight")},
        {"max_running", row.integer("max_running")},
        {"max_queued", row.integer("max_queued")},
        {"quota_bytes", row.integer("quota_bytes")},
        {"used_bytes", row.integer("used_bytes")},
        {"created", time_text(row.integer("created"))},
        {"updated", updated_text(row)}};
}

struct ClientBody {
    std::optional<std::string> name{};
    std::optional<std::int64_t> weight{};
    std::optional<std::int64_t> max_running{};
    std::optional<std::int64_t> max_queued{};
    std::optional<std::int64_t> quota_bytes{};
};

ClientBody read_client(Call const& call, bool is_new) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    if (is_new) {
        reader.require("name");
    }
    ClientBody client{
        .name = reader.text("name", kNameMax, 1),
        .weight = reader.whole("weight", 1, kWeightMax),
        .max_running = reader.whole("max_running", 1, kJobsMax),
        .max_queued = reader.whole("max_queued", 1, kJobsMax),
        .quota_bytes = reader.whole("quota_bytes", 0, kQuotaMax)};
    reader.finish();
    return client;
}

Value or_null(std::optional<std::int64_t> number) {
    return number ? Value{*number} : Value{nullptr};
}

} // namespace

Response create_client(Call const& call) {
    auto const client = read_client(call, true);
    auto const id = make_id("cli");
    auto const rows = call.database().query(
        "INSERT INTO tenant(id, name, weight, max_running, max_queued, quota_bytes, created) "
        "VALUES($1, $2, $3, $4, $5, $6, now_ms()) RETURNING *",
        {id,
         *client.name,
         client.weight.value_or(100),
         client.max_running.value_or(8),
         client.max_queued.value_or(500),
         client.quota_bytes.value_or(kQuota)}
    );
    note_action(
        call,
        {.action = "client.created",
         .subject = id,
         .client = id,
         .detail = {{"name", *client.name}, {"quota_bytes", rows.front().integer("quota_bytes")}}}
    );
    return created_answer(call, "/v1/clients/" + id, client_json(rows.front()));
}

Response list_clients(Call const& call) {
    auto const page = page_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM tenant WHERE id>$1 AND coalesce(updated, created)>=$2 ORDER BY id LIMIT $3",
        {page.after, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, client_json);
}

Response show_client(Call const& call) {
    auto const& id = call.request.path_value("client");
    auto const rows = call.database().query("SELECT * FROM tenant WHERE id=$1", {id});
    if (rows.empty() || !call.who.sees_tenant(id)) {
        throw Problem{ProblemKind::not_found, "there is no such client"};
    }
    return json_answer(200, client_json(rows.front()));
}

Response change_client(Call const& call) {
    auto const client = read_client(call, false);
    auto const rows = call.database().query(
        "UPDATE tenant SET name=coalesce($2, name), weight=coalesce($3, weight), "
        "max_running=coalesce($4, max_running), max_queued=coalesce($5, max_queued), "
        "quota_bytes=coalesce($6, quota_bytes), updated=now_ms() WHERE id=$1 RETURNING *",
        {call.request.path_value("client"),
         client.name ? Value{*client.name} : Value{nullptr},
         or_null(client.weight),
         or_null(client.max_running),
         or_null(client.max_queued),
         or_null(client.quota_bytes)}
    );
    if (rows.empty()) {
        throw Problem{ProblemKind::not_found, "there is no such client"};
    }
    auto document = client_json(rows.front());
    note_action(
        call,
        {.action = "client.changed",
         .subject = rows.front().text("id"),
         .client = rows.front().text("id"),
         .detail = document}
    );
    return json_answer(200, document);
}

void make_house(Database& database, std::int64_t quota_bytes) {
    database.query(
        "INSERT INTO tenant(id, name, quota_bytes, created) VALUES($1, 'House', $2, now_ms()) "
        "ON CONFLICT(id) DO NOTHING",
        {std::string{kHouse}, quota_bytes}
    );
}

} // namespace stemlathe::service
