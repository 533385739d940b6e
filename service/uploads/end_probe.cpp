#include "host/report/json/finding_objects.hpp"
#include "host/report/json_text.hpp"
#include "service/store/events.hpp"
#include "service/uploads/probe_stem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

/// Of a probe that never came to a result: the file may have killed every decoder.
json::object result_without_probe(JobEnd const& end, std::string const& filename) {
    Finding const finding{
        .code = "unreadable",
        .severity = Severity::refuse,
        .stem = filename,
        .message =
            fmt::format("{} could not be checked ({}); upload it again", filename, end.sentence)};
    return {
        {"state", "rejected"},
        {"media", nullptr},
        {"findings", finding_objects({finding})},
        {"role", nullptr}};
}

void promote_session(Database& database, JobEnd const& end) {
    auto const rows = database.query(
        "UPDATE session SET state='ready', version=version+1, updated=now_ms() WHERE id=$1 AND "
        "state='draft' AND deleted IS NULL AND EXISTS(SELECT 1 FROM stem WHERE session=$1 AND "
        "kind='stem' AND deleted IS NULL) AND NOT EXISTS(SELECT 1 FROM stem WHERE session=$1 AND "
        "kind='stem' AND deleted IS NULL AND state<>'ready') RETURNING id",
        {value_of(end.session)}
    );
    if (!rows.empty()) {
        append_event(
            database,
            {.tenant = end.tenant,
             .session = end.session,
             .type = "session.ready",
             .subject = rows.front().text("id"),
             .data = "{}"}
        );
    }
}

} // namespace

void end_probe(Database& database, JobEnd const& end) {
    if (end.kind != "probe") {
        return;
    }
    auto const spec = json::parse(end.spec).as_object();
    std::string const filename{spec.at("filename").as_string()};
    auto const result = end.state == "succeeded" ? json::parse(end.result).as_object()
                                                 : result_without_probe(end, filename);
    std::string const state{result.at("state").as_string()};
    auto const& media = result.at("media");
    auto const& role = result.at("role");
    auto const rows = database.query(
        "UPDATE stem SET state=$2, media=$3, findings=$4, role=COALESCE(role, $5), "
        "version=version+1, updated=now_ms() WHERE id=$1 AND state='probing' AND deleted IS NULL "
        "RETURNING kind",
        {end.subject,
         state,
         media.is_null() ? Value{nullptr} : Value{json::serialize(media)},
         json::serialize(result.at("findings")),
         role.is_null() ? Value{nullptr} : Value{std::string{role.as_string()}}}
    );
    if (rows.empty()) {
        return;
    }
    json::object const data{{"filename", filename}, {"kind", rows.front().text("kind")}};
    append_event(
        database,
        {.tenant = end.tenant,
         .session = end.session,
         .type = "stem." + state,
         .subject = end.subject,
         .data = json::serialize(data)}
    );
    promote_session(database, end);
}

} // namespace stemlathe::service
