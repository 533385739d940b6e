#include "service/api/presets.hpp"

#include "host/plan/plan_json.hpp"
#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/deliveries_wanted.hpp"
#include "service/api/document.hpp"
#include "service/api/lookup.hpp"
#include "service/store/ids.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::size_t kNameMax = 100;

boost::json::object preset_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"client", row.text("tenant")},
        {"name", row.text("name")},
        {"plan", stored_json(row.text("plan"))},
        {"deliveries", stored_json(row.text("deliveries"))},
        {"version", row.integer("version")},
        {"created", time_text(row.integer("created"))},
        {"updated", updated_text(row)}};
}

struct PresetBody {
    std::string name{};
    std::string plan{};
    std::string deliveries{};
    std::optional<std::string> client{};
};

PresetBody read_preset(Call const& call) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    PresetBody preset;
    reader.require("name");
    preset.name = reader.text("name", kNameMax, 1).value_or("");
    preset.client = reader.text("client", kNameMax);
    auto const* const plan = reader.object("plan");
    preset.deliveries = deliveries_wanted(reader, call.services.profiles);
    reader.finish();
    preset.plan = plan != nullptr ? boost::json::serialize(*plan) : std::string{"null"};
    if (plan != nullptr) {
        static_cast<void>(parse_plan_json(preset.plan, "plan"));
    }
    return preset;
}

void check_name(
    Call const& call, std::string const& tenant, std::string const& name, std::string const& id
) {
    auto const rows = call.database().query(
        "SELECT id FROM preset WHERE tenant=$1 AND name=$2 AND deleted IS NULL AND id<>$3",
        {tenant, name, id}
    );
    if (!rows.empty()) {
        throw Problem{ProblemKind::conflict, fmt::format("there is a preset \"{}\" already", name)};
    }
}

/// @throws Problem{not_found}; {forbidden} a client may use the house's presets, not change them
Found preset_of(Call const& call, bool to_change) {
    auto rows = call.database().query(
        "SELECT * FROM preset WHERE id=$1 AND deleted IS NULL", {call.request.path_value("preset")}
    );
    bool const is_seen = !rows.empty() && (call.who.sees_tenant(rows.front().text("tenant")) ||
                                           rows.front().text("tenant") == kHouse);
    if (!is_seen) {
        throw Problem{ProblemKind::not_found, "there is no such preset"};
    }
    if (to_change && !call.who.sees_tenant(rows.front().text("tenant"))) {
        throw Problem{ProblemKind::forbidden, "the preset belongs to the house"};
    }
    return Found{std::move(rows)};
}

} // namespace

Response create_preset(Call const& call) {
    auto const preset = read_preset(call);
    auto const tenant = tenant_for(call, preset.client);
    check_name(call, tenant, preset.name, "");
    auto const rows = call.database().query(
        "INSERT INTO preset(id, tenant, name, plan, deliveries, created) "
        "VALUES($1, $2, $3, $4, $5, now_ms()) RETURNING *",
        {make_id("pre"), tenant, preset.name, preset.plan, preset.deliveries}
    );
    auto const& row = rows.front();
    return created_answer(call, "/v1/presets/" + row.text("id"), preset_json(row));
}

Response list_presets(Call const& call) {
    auto const page = page_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM preset WHERE deleted IS NULL AND id>$1 "
        "AND ($2='' OR tenant=$2 OR tenant='house') AND coalesce(updated, created)>=$3 "
        "ORDER BY id LIMIT $4",
        {page.after,
         call.who.is_house() ? std::string{} : call.who.tenant,
         updated_since(call),
         page.limit + 1}
    );
    return list_answer(page, rows, preset_json);
}

Response show_preset(Call const& call) {
    return versioned_answer(call, 200, preset_json(*preset_of(call, false)));
}

Response replace_preset(Call const& call) {
    auto const row = preset_of(call, true);
    check_version(call, row->integer("version"));
    auto const preset = read_preset(call);
    check_name(call, row->text("tenant"), preset.name, row->text("id"));
    auto const rows = call.database().query(
        "UPDATE preset SET name=$2, plan=$3, deliveries=$4, version=version+1, updated=now_ms() "
        "WHERE id=$1 RETURNING *",
        {row->text("id"), preset.name, preset.plan, preset.deliveries}
    );
    return versioned_answer(call, 200, preset_json(rows.front()));
}

Response delete_preset(Call const& call) {
    auto const row = preset_of(call, true);
    check_version(call, row->integer("version"));
    call.database().query("UPDATE preset SET deleted=now_ms() WHERE id=$1", {row->text("id")});
    note_action(
        call,
        {.action = "preset.deleted",
         .subject = row->text("id"),
         .client = row->text("tenant"),
         .detail = {{"name", row->text("name")}}}
    );
    return empty_answer();
}

} // namespace stemlathe::service
