#include "service/api/idempotency.hpp"

#include "service/api/authenticate.hpp"
#include "service/api/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr std::size_t kKeyBytesMax = 128;

/// One client's keys are nobody else's.
std::string key_space(Call const& call) {
    return call.who.tenant + "/" + call.who.id;
}

std::string key_of(Call const& call) {
    std::string const key{call.request.field("idempotency-key")};
    bool const is_plain = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
    if (!is_plain || key.size() > kKeyBytesMax) {
        throw Problem{
            ProblemKind::bad_request, "Idempotency-Key must be 1 to 128 visible ASCII characters"};
    }
    return key;
}

/// Of an upload the fields say what it is to be; its body may come in pieces. A body that was
/// prepared holds a password, of which no quick hash may be kept.
std::string fingerprint_of(Request const& request) {
    auto const& body = request.prepared.empty() ? request.body : std::string{};
    auto text = fmt::format("{} {}\n{}", name_of(request.method), request.path, body);
    for (auto const* field : {"upload-length", "upload-metadata", "upload-concat"}) {
        text += fmt::format("\n{}", request.field(field));
    }
    return hash_of_secret(text);
}

std::string serialised(Response const& response) {
    boost::json::array fields;
    for (auto const& [name, value] : response.fields) {
        fields.push_back(boost::json::array{name, value});
    }
    return boost::json::serialize(boost::json::object{
        {"fields", std::move(fields)}, {"body", std::get<std::string>(response.body)}});
}

} // namespace

std::optional<Response> earlier_answer(Call const& call) {
    auto const rows = call.database().query(
        "SELECT fingerprint, status, response FROM idempotency "
        "WHERE tenant=$1 AND key=$2 AND expires>now_ms()",
        {key_space(call), key_of(call)}
    );
    if (rows.empty()) {
        return std::nullopt;
    }
    auto const& row = rows.front();
    if (row.text("fingerprint") != fingerprint_of(call.request)) {
        throw Problem{
            ProblemKind::key_reused,
            "the Idempotency-Key was used before for another path or body"};
    }
    Response response{.status = static_cast<int>(row.integer("status"))};
    auto const kept = boost::json::parse(row.text("response")).as_object();
    for (auto const& field : kept.at("fields").as_array()) {
        response.with(field.at(0).as_string().c_str(), field.at(1).as_string().c_str());
    }
    response.body = std::string{kept.at("body").as_string().c_str()};
    response.with("Idempotency-Replayed", "true");
    return response;
}

void keep_answer(Call const& call, Response const& response) {
    call.database().query(
        "INSERT INTO idempotency(tenant, key, fingerprint, status, response, expires) "
        "VALUES($1, $2, $3, $4, $5, now_ms()+$6) ON CONFLICT(tenant, key) DO UPDATE SET "
        "fingerprint=excluded.fingerprint, status=excluded.status, response=excluded.response, "
        "expires=excluded.expires",
        {key_space(call),
         key_of(call),
         fingerprint_of(call.request),
         std::int64_t{response.status},
         serialised(response),
         call.services.limits.idempotency_life_ms}
    );
}

void forget_old_keys(Database& database) {
    database.query("DELETE FROM idempotency WHERE expires<=now_ms()");
}

} // namespace stemlathe::service
