#include "service/api/shares.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/authenticate.hpp"
#include "service/api/document.hpp"
#include "service/api/lookup.hpp"
#include "service/api/password.hpp"
#include "service/store/ids.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

constexpr std::size_t kNameMax = 200;
constexpr std::size_t kIdMax = 64;
constexpr std::size_t kPasswordMin = 8;
constexpr std::size_t kPasswordMax = 200;
constexpr std::int64_t kDay_s = 24 * 3600;
constexpr std::int64_t kLife_s_max = 365 * kDay_s;
constexpr std::int64_t kPlaysMax = 1'000'000;
constexpr std::array<std::string_view, 4> kRights{"listen", "comment", "approve", "download"};

boost::json::object share_json(Row const& row) {
    return {
        {"id", row.text("id")},
        {"session", row.text("session")},
        {"render", text_or_null(row.maybe_text("render"))},
        {"recipient", row.text("recipient")},
        {"has_password", row.maybe_text("password").has_value()},
        {"rights", stored_json(row.text("rights"))},
        {"created", time_text(row.integer("created"))},
        {"expires", time_text(row.integer("expires"))},
        {"revoked", time_or_null(row.maybe_integer("revoked"))},
        {"opened", row.integer("opened")},
        {"plays", row.integer("plays")},
        {"max_plays",
         row.maybe_integer("max_plays") ? boost::json::value(*row.maybe_integer("max_plays"))
                                        : boost::json::value{}}};
}

/// Listening is what every link is for.
boost::json::array rights_in(DocumentReader& reader) {
    auto wanted = reader.texts("rights", kRights.size(), kIdMax)
                      .value_or(std::vector<std::string>{"listen", "comment"});
    boost::json::array rights;
    for (auto const& right : wanted) {
        if (std::ranges::find(kRights, right) == kRights.end()) {
            reader.wrong("rights", "may hold listen, comment, approve and download");
        }
        rights.emplace_back(right);
    }
    if (std::ranges::find(wanted, "listen") == wanted.end()) {
        rights.emplace_back("listen");
    }
    return rights;
}

} // namespace

Preparation hash_share_password(Call const& /*call*/) {
    return [](std::string const& body) {
        boost::json::error_code broken;
        auto const document = boost::json::parse(body, broken);
        auto const* const share = broken ? nullptr : document.if_object();
        auto const* const password = share != nullptr ? share->if_contains("password") : nullptr;
        bool const is_one = password != nullptr && password->is_string() &&
                            password->get_string().size() >= kPasswordMin &&
                            password->get_string().size() <= kPasswordMax;
        return is_one ? password_hash(password->get_string()) : std::string{};
    };
}

Response create_share(Call const& call) {
    auto const session = session_of(call);
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    reader.require("recipient");
    auto const recipient = reader.text("recipient", kNameMax, 1).value_or("");
    auto const render = reader.text("render", kIdMax);
    auto const rights = rights_in(reader);
    auto const life_s = reader.whole("expires_in_s", 60, kLife_s_max).value_or(14 * kDay_s);
    auto const max_plays = reader.whole("max_plays", 1, kPlaysMax);
    auto const has_password = reader.text("password", kPasswordMax, kPasswordMin).has_value();
    reader.finish();
    if (render) {
        static_cast<void>(render_named(call, session->text("id"), *render));
    }
    auto const id = make_id("shl");
    auto const secret = random_secret();
    auto const rows = call.database().query(
        "INSERT INTO share(id, tenant, session, render, recipient, rights, secret_hash, created, "
        "expires, max_plays, password) "
        "VALUES($1, $2, $3, $4, $5, $6, $7, now_ms(), now_ms()+$8, $9, $10) RETURNING *",
        {id,
         session->text("tenant"),
         session->text("id"),
         render ? Value{*render} : Value{nullptr},
         recipient,
         boost::json::serialize(rights),
         hash_of_secret(secret),
         life_s * 1000,
         value_of(max_plays),
         has_password ? Value{call.request.prepared} : Value{nullptr}}
    );
    auto document = share_json(rows.front());
    note_action(
        call,
        {.action = "share.created",
         .subject = id,
         .client = session->text("tenant"),
         .detail =
             {{"session", session->text("id")},
              {"render", document.at("render")},
              {"recipient", recipient},
              {"rights", rights},
              {"has_password", has_password}}}
    );
    // Only this answer holds the secret; the store keeps its hash.
    document["token"] = id + "_" + secret;
    document["url"] = "/r/" + id + "_" + secret;
    return json_answer(201, document);
}

Response list_shares(Call const& call) {
    auto const page = page_of(call);
    auto const session = session_of(call);
    auto const rows = call.database().query(
        "SELECT * FROM share WHERE session=$1 AND id>$2 AND coalesce(revoked, created)>=$3 "
        "ORDER BY id LIMIT $4",
        {session->text("id"), page.after, updated_since(call), page.limit + 1}
    );
    return list_answer(page, rows, share_json);
}

Response revoke_share(Call const& call) {
    auto const share = part_of_session(call, "share");
    call.database().query(
        "UPDATE share SET revoked=now_ms() WHERE id=$1 AND revoked IS NULL", {share->text("id")}
    );
    note_action(
        call,
        {.action = "share.revoked",
         .subject = share->text("id"),
         .client = share->text("tenant"),
         .detail = {{"session", share->text("session")}}}
    );
    return empty_answer();
}

} // namespace stemlathe::service
