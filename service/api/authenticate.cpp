#include "service/api/authenticate.hpp"

#include "formats/checksum.hpp"
#include "service/api/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <openssl/crypto.h>

namespace stemlathe::service {

namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kLinkCookie = "stemlathe_link=";

/// "slk_<id>_<secret>" in its parts; ids hold no underscore behind their prefix.
struct TokenText {
    std::string id{};
    std::string secret{};
};

std::optional<TokenText> split(std::string_view token, std::string_view prefix) {
    if (!token.starts_with(prefix) || token.size() > 256) {
        return std::nullopt;
    }
    auto const end = token.find('_', prefix.size());
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    return TokenText{
        .id = std::string{token.substr(0, end)}, .secret = std::string{token.substr(end + 1)}};
}

bool is_same(std::string const& a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::vector<std::string> words_of(std::string const& json) {
    std::vector<std::string> words;
    auto const list = boost::json::parse(json);
    for (auto const& word : list.as_array()) {
        words.emplace_back(word.as_string().c_str());
    }
    return words;
}

Rank rank_of(std::string const& role) {
    return role == "owner" ? Rank::owner : role == "engineer" ? Rank::engineer : Rank::client;
}

/// The row that the id names, where the secret is its own. The same work whether the id is there or
/// not, so that time tells nothing.
std::optional<Rows> proven_row(Database& database, std::string_view sql, TokenText const& token) {
    auto rows = database.query(sql, {token.id});
    auto const hash = hash_of_secret(token.secret);
    if (rows.empty() || !is_same(rows.front().text("secret_hash"), hash)) {
        return std::nullopt;
    }
    return rows;
}

std::optional<Principal> token_principal(Database& database, std::string_view token) {
    auto const parts = split(token, "slk_");
    if (!parts) {
        return std::nullopt;
    }
    auto const found = proven_row(
        database,
        "SELECT id, tenant, name, role, scopes, secret_hash FROM token "
        "WHERE id=$1 AND once=0 AND revoked IS NULL AND (expires IS NULL OR expires>now_ms())",
        *parts
    );
    if (!found) {
        return std::nullopt;
    }
    auto const& row = found->front();
    return Principal{
        .rank = rank_of(row.text("role")),
        .tenant = row.text("tenant"),
        .id = row.text("id"),
        .name = row.text("name"),
        .scopes = words_of(row.text("scopes"))};
}

/// The player of a review page sends the link as a cookie: for reading only, so that no other page
/// can make a browser change anything.
Principal cookie_principal(Database& database, Request const& request) {
    bool const reads = request.method == Method::get || request.method == Method::head;
    auto const cookies = request.field("cookie");
    auto const at = cookies.find(kLinkCookie);
    if (!reads || at == std::string_view::npos) {
        return {};
    }
    auto const value = cookies.substr(at + kLinkCookie.size());
    return share_principal(database, value.substr(0, value.find(';'))).value_or(Principal{});
}

Principal reviewer_by(Row const& share) {
    return {
        .rank = Rank::reviewer,
        .tenant = share.text("tenant"),
        .id = share.text("id"),
        .name = share.text("recipient"),
        .scopes = {},
        .session = share.text("session"),
        .render = share.maybe_text("render").value_or(""),
        .rights = words_of(share.text("rights"))};
}

[[noreturn]] void refuse() {
    throw Problem{
        ProblemKind::unauthorized, "the token is not known here, or is expired or revoked"};
}

} // namespace

std::string hash_of_secret(std::string_view secret) {
    return sha256_of_text(secret);
}

std::optional<Row> live_share(Database& database, std::string_view link) {
    auto const parts = split(link, "shl_");
    auto const found = parts ? proven_row(
                                   database,
                                   "SELECT s.* FROM share s "
                                   "JOIN session n ON n.id=s.session AND n.deleted IS NULL "
                                   "WHERE s.id=$1 AND s.revoked IS NULL AND s.expires>now_ms()",
                                   *parts
                               )
                             : std::nullopt;
    return found ? std::optional{found->front()} : std::nullopt;
}

std::optional<Principal> share_principal(Database& database, std::string_view token) {
    if (auto const share = live_share(database, token)) {
        return share->maybe_text("password") ? std::nullopt : std::optional{reviewer_by(*share)};
    }
    auto const parts = split(token, "pas_");
    auto const found =
        parts ? proven_row(
                    database,
                    "SELECT s.id, s.tenant, s.session, s.render, s.recipient, s.rights, "
                    "p.secret_hash FROM share_pass p JOIN share s ON s.id=p.share "
                    "JOIN session n ON n.id=s.session AND n.deleted IS NULL WHERE p.id=$1 "
                    "AND p.expires>now_ms() AND s.revoked IS NULL AND s.expires>now_ms()",
                    *parts
                )
              : std::nullopt;
    return found ? std::optional{reviewer_by(found->front())} : std::nullopt;
}

Principal
authenticate(Database& database, Request const& request, std::string_view fixed_admin_hash) {
    auto const field = request.field("authorization");
    if (field.empty()) {
        return cookie_principal(database, request);
    }
    if (!field.starts_with(kBearer)) {
        refuse();
    }
    auto const token = field.substr(kBearer.size());
    if (!fixed_admin_hash.empty() && is_same(hash_of_secret(token), fixed_admin_hash)) {
        return {
            .rank = Rank::owner,
            .tenant = std::string{kHouse},
            .id = "admin",
            .name = "admin",
            .scopes = {"*"}};
    }
    auto principal = token.starts_with("slk_") ? token_principal(database, token)
                                               : share_principal(database, token);
    if (!principal && live_share(database, token)) {
        throw Problem{
            ProblemKind::unauthorized,
            "this link asks for its password: POST it to /r/ and the link, which gives a token"};
    }
    if (!principal) {
        refuse();
    }
    return *std::move(principal);
}

} // namespace stemlathe::service
