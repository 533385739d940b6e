#include "service/api/tokens.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/authenticate.hpp"
#include "service/api/document.hpp"
#include "service/api/lookup.hpp"
#include "service/store/ids.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

constexpr std::size_t kNameMax = 200;
constexpr std::size_t kIdMax = 64;
constexpr std::int64_t kYear_s = std::int64_t{365} * 24 * 3600;
constexpr std::int64_t kMs = 1000;
constexpr std::int64_t kCodeLife_ms = 15 * 60 * kMs;
constexpr std::array<std::string_view, 7> kScopes{
    "*", "sessions:read", "sessions:write", "renders:write", "review", "deliver", "admin"};

boost::json::object token_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"client", row.text("tenant")},
        {"name", row.text("name")},
        {"role", row.text("role")},
        {"scopes", stored_json(row.text("scopes"))},
        {"created", time_text(row.integer("created"))},
        {"expires", time_or_null(row.maybe_integer("expires"))},
        {"revoked", time_or_null(row.maybe_integer("revoked"))}};
}

std::string scopes_in(DocumentReader& reader) {
    auto const wanted =
        reader.texts("scopes", kScopes.size(), kIdMax).value_or(std::vector<std::string>{"*"});
    for (auto const& scope : wanted) {
        if (std::ranges::find(kScopes, scope) == kScopes.end()) {
            reader.wrong(
                "scopes",
                "may hold *, sessions:read, sessions:write, renders:write, review, deliver, admin"
            );
        }
    }
    return boost::json::serialize(boost::json::array(wanted.begin(), wanted.end()));
}

struct NewToken {
    std::string tenant{};
    std::string name{};
    std::string role{};
    std::string scopes = "[\"*\"]";
    std::optional<std::int64_t> life_ms = std::nullopt;
    bool once = false;
};

/// The token's document with its secret.
boost::json::object insert_token(Database& database, NewToken const& token) {
    auto const id = make_id("slk");
    auto const secret = random_secret();
    auto const rows = database.query(
        "INSERT INTO token(id, tenant, name, role, scopes, secret_hash, created, expires, once) "
        "VALUES($1, $2, $3, $4, $5, $6, now_ms(), now_ms()+$7, $8) RETURNING *",
        {id,
         token.tenant,
         token.name,
         token.role,
         token.scopes,
         hash_of_secret(secret),
         token.life_ms ? Value{*token.life_ms} : Value{nullptr},
         std::int64_t{token.once}}
    );
    auto document = token_json(rows.front());
    document["token"] = id + "_" + secret;
    return document;
}

} // namespace

Response create_token(Call const& call) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    reader.require("name");
    auto const name = reader.text("name", kNameMax, 1).value_or("");
    auto const role = reader.word("role", {"owner", "engineer", "client"}).value_or("client");
    auto const client = reader.text("client", kIdMax);
    auto const scopes = scopes_in(reader);
    auto const life_s = reader.whole("expires_in_s", 60, 10 * kYear_s);
    auto const tenant = tenant_for(call, client);
    if (role != "client" && tenant != kHouse) {
        reader.wrong("role", "must be client for a token of a client");
    }
    reader.finish();
    auto const document = insert_token(
        call.database(),
        {.tenant = tenant,
         .name = name,
         .role = role,
         .scopes = scopes,
         .life_ms = life_s ? std::optional{*life_s * kMs} : std::nullopt}
    );
    note_action(
        call,
        {.action = "token.created",
         .subject = document.at("id").as_string().c_str(),
         .client = tenant,
         .detail = {{"name", name}, {"role", role}, {"scopes", document.at("scopes")}}}
    );
    return json_answer(201, document);
}

Response list_tokens(Call const& call) {
    auto const page = page_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM token WHERE once=0 AND id>$1 AND coalesce(revoked, created)>=$2 "
        "ORDER BY id LIMIT $3",
        {page.after, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, token_json);
}

Response revoke_token(Call const& call) {
    auto const rows = call.database().query(
        "UPDATE token SET revoked=coalesce(revoked, now_ms()) WHERE id=$1 AND once=0 RETURNING "
        "tenant",
        {call.request.path_value("token")}
    );
    if (rows.empty()) {
        throw Problem{ProblemKind::not_found, "there is no such token"};
    }
    note_action(
        call,
        {.action = "token.revoked",
         .subject = call.request.path_value("token"),
         .client = rows.front().text("tenant")}
    );
    return empty_answer();
}

Response sign_in(Call const& call) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    reader.require("code");
    auto const code = reader.text("code", 256).value_or("");
    reader.finish();
    auto const end = code.find('_', std::min<std::size_t>(4, code.size()));
    auto const secret = end == std::string::npos ? std::string{} : code.substr(end + 1);
    auto const used = call.database().query(
        "UPDATE token SET used=now_ms(), revoked=now_ms() WHERE id=$1 AND secret_hash=$2 "
        "AND once=1 AND revoked IS NULL AND expires>now_ms() RETURNING id",
        {code.substr(0, end), hash_of_secret(secret)}
    );
    if (used.empty()) {
        throw Problem{
            ProblemKind::unauthorized, "this link has been used or is too old; restart the server"};
    }
    // Every process of a new installation has printed a link; one of them makes the owner.
    call.database().query(
        "UPDATE token SET revoked=now_ms() WHERE once=1 AND tenant=$1 AND revoked IS NULL",
        {std::string{kHouse}}
    );
    auto const document = insert_token(
        call.database(), {.tenant = std::string{kHouse}, .name = "owner", .role = "owner"}
    );
    note_action(
        call,
        {.action = "sign-in.used",
         .subject = document.at("id").as_string().c_str(),
         .client = std::string{kHouse},
         .detail = {{"code", used.front().text("id")}}}
    );
    return json_answer(201, document);
}

bool has_owner(Database& database) {
    return !database
                .query("SELECT id FROM token WHERE role='owner' AND once=0 AND revoked IS NULL "
                       "AND (expires IS NULL OR expires>now_ms()) LIMIT 1")
                .empty();
}

std::string make_sign_in_code(Database& database) {
    auto const document = insert_token(
        database,
        {.tenant = std::string{kHouse},
         .name = "sign-in link",
         .role = "owner",
         .life_ms = kCodeLife_ms,
         .once = true}
    );
    note_own(
        database,
        {.action = "sign-in-link.created",
         .subject = document.at("id").as_string().c_str(),
         .client = std::string{kHouse}}
    );
    return document.at("token").as_string().c_str();
}

std::string make_own_token(Database& database, std::string const& name) {
    database.query(
        "UPDATE token SET revoked=now_ms() WHERE name=$1 AND tenant=$2 AND revoked IS NULL",
        {name, std::string{kHouse}}
    );
    auto const document =
        insert_token(database, {.tenant = std::string{kHouse}, .name = name, .role = "engineer"});
    note_own(
        database,
        {.action = "token.created",
         .subject = document.at("id").as_string().c_str(),
         .client = std::string{kHouse},
         .detail = {{"name", name}, {"role", "engineer"}}}
    );
    return document.at("token").as_string().c_str();
}

} // namespace stemlathe::service
