#include "service/api/pages.hpp"

#include "host/report/html/text.hpp"
#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/authenticate.hpp"
#include "service/api/lookup.hpp"
#include "service/api/tokens.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

using html::escaped;

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;"
    "color:#1c2126;background:#fbfbfa}h1{font-size:1.6rem}code{overflow-wrap:anywhere;"
    "background:#eceae6;padding:.15em .35em;border-radius:4px}audio{width:100%}"
    "li{margin:.5rem 0}.quiet{color:#5a6268}button{font:inherit;padding:.6em 1.2em}"
    "@media(prefers-color-scheme:dark){body{color:#e8e6e3;background:#16181b}"
    "code{background:#2a2e33}.quiet{color:#a8b0b8}}";

Response page(int status, std::string_view title, std::string const& body) {
    Response response{.status = status};
    response.with("Content-Type", "text/html; charset=utf-8")
        .with("Cache-Control", "no-store")
        .with(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        );
    response.body = fmt::format(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<title>{}</title><style>{}</style></head><body>{}</body></html>\n",
        escaped(title),
        kStyle,
        body
    );
    return response;
}

/// The value of `code` in a form's body; codes hold nothing that a form would encode.
std::string code_in(std::string_view form) {
    constexpr std::string_view kCode = "code=";
    return form.starts_with(kCode) ? std::string{form.substr(kCode.size())} : std::string{};
}

std::string word_of(Row const& session, std::string_view key) {
    auto const details = stored_json(session.text("details")).as_object();
    auto const* const value = details.if_contains(key);
    return value != nullptr && value->is_string() ? std::string{value->as_string().c_str()}
                                                  : std::string{};
}

/// "2026-11-26 10:24 UTC"
std::string minute_text(std::int64_t ms) {
    auto const text = time_text(ms);
    return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::string clock_text(std::int64_t ms) {
    return fmt::format("{}:{:02}", ms / 60'000, ms / 1000 % 60);
}

std::string revisions_html(Call const& call, Principal const& who) {
    std::string html;
    for (auto const& row : call.database().query(
             "SELECT r.id AS id, r.revision AS revision, j.finished AS finished FROM render r "
             "JOIN job j ON j.id=r.job WHERE r.session=$1 AND j.state='succeeded' "
             "AND ($2='' OR r.id=$2) AND EXISTS(SELECT 1 FROM output o WHERE o.job=j.id "
             "AND o.name LIKE 'review/%') ORDER BY r.revision DESC LIMIT 20",
             {who.session, who.render}
         )) {
        html += fmt::format(
            "<h2>Revision {}</h2><p class=\"quiet\">{}</p>"
            "<audio controls preload=\"metadata\" src=\"/v1/renders/{}/media\"></audio>",
            row.integer("revision"),
            minute_text(row.integer("finished")),
            escaped(row.text("id"))
        );
    }
    return html.empty() ? "<p>There is nothing to hear yet.</p>" : html;
}

/// A link for one revision shows what was said of it and of those before.
std::string comments_html(Call const& call, Principal const& who) {
    std::string items;
    for (auto const& row : call.database().query(
             "SELECT c.author AS author, c.text AS text, c.start_ms AS start_ms, c.state AS state "
             "FROM comment c LEFT JOIN render r ON r.id=c.render WHERE c.session=$1 "
             "AND c.deleted IS NULL AND ($2='' OR coalesce(r.revision, 0)<="
             "(SELECT revision FROM render WHERE id=$2)) "
             "ORDER BY coalesce(c.start_ms, -1), c.id LIMIT 200",
             {who.session, who.render}
         )) {
        auto const start = row.maybe_integer("start_ms");
        items += fmt::format(
            "<li>{}{} <span class=\"quiet\">{}{}</span></li>",
            start ? "<strong>" + clock_text(*start) + "</strong> " : std::string{},
            escaped(row.text("text")),
            escaped(row.text("author")),
            row.text("state") == "resolved" ? ", resolved" : ""
        );
    }
    return items.empty() ? std::string{} : "<h2>Comments</h2><ul>" + items + "</ul>";
}

Response review_page(Call const& call, Principal const& who) {
    auto const sessions = call.database().query("SELECT * FROM session WHERE id=$1", {who.session});
    auto const& session = sessions.front();
    {
        Transaction transaction{call.database()};
        call.database().query("UPDATE share SET opened=opened+1 WHERE id=$1", {who.id});
        Call const opened{.request = call.request, .who = who, .services = call.services};
        note_action(opened, {.action = "link.opened", .subject = who.id});
        transaction.commit();
    }
    auto const title = word_of(session, "title");
    auto const artist = word_of(session, "artist");
    return page(
        200,
        title.empty() ? "Review" : title,
        fmt::format(
            "<h1>{}</h1><p>{}</p>{}{}<p class=\"quiet\">For {}. To listen, not to pass on.</p>",
            escaped(title.empty() ? "Untitled" : title),
            escaped(artist),
            revisions_html(call, who),
            comments_html(call, who),
            escaped(who.name)
        )
    );
}

} // namespace

Response show_sign_in_page(Call const& call) {
    auto const code = call.request.query_value("code").value_or("");
    return page(
        200,
        "stemlathe: sign in",
        fmt::format(
            "<h1>Sign in to stemlathe</h1><p>This link makes one owner's token and works once.</p>"
            "<form method=\"post\" action=\"/admin\"><input type=\"hidden\" name=\"code\" "
            "value=\"{}\"><button>Make my token</button></form>",
            escaped(code)
        )
    );
}

Response answer_sign_in_page(Call const& call) {
    Request request = call.request;
    request.body =
        boost::json::serialize(boost::json::object{{"code", code_in(call.request.body)}});
    auto const answer = sign_in({.request = request, .who = call.who, .services = call.services});
    auto const token = stored_json(std::get<std::string>(answer.body)).at("token").as_string();
    return page(
        201,
        "stemlathe: your token",
        fmt::format(
            "<h1>Your token</h1><p>Keep it; it is shown this once.</p><p><code>{}</code></p>"
            "<p>Programs send it as <code>Authorization: Bearer ...</code>; "
            "<code>stemlathe submit</code> reads it from <code>STEMLATHE_TOKEN</code>.</p>",
            escaped(std::string_view{token.data(), token.size()})
        )
    );
}

Response password_page(int status) {
    auto const* const words = status == 401   ? "<p>This is not its password.</p>"
                              : status == 429 ? "<p>Somebody else is at the door; try again.</p>"
                                              : "";
    auto response = page(
        status,
        "Password",
        fmt::format(
            "<h1>This link asks for a password</h1>{}<form method=\"post\"><p><input "
            "type=\"password\" name=\"password\" aria-label=\"Password\" "
            "autocomplete=\"current-password\" autofocus required> "
            "<button>Open</button></p></form>",
            words
        )
    );
    if (status == 401) {
        response.with("WWW-Authenticate", "Bearer");
    }
    return response;
}

std::string link_cookie(Call const& call, std::string_view token, std::string_view path) {
    return fmt::format(
        "stemlathe_link={}; Path={}; HttpOnly; SameSite=Strict{}",
        token,
        path,
        call.request.is_secure ? "; Secure" : ""
    );
}

Response show_review_page(Call const& call) {
    auto const& link = call.request.path_value("link");
    auto const share = live_share(call.database(), link);
    if (!share) {
        throw Problem{
            ProblemKind::not_found, "this link is not known here, or is expired or revoked"};
    }
    bool const asks = share->maybe_text("password").has_value();
    // Whoever gave the password comes with a pass: then the caller is the link's reviewer.
    if (asks && call.who.id != share->text("id")) {
        return password_page(200);
    }
    auto response = review_page(call, asks ? call.who : *share_principal(call.database(), link));
    if (!asks) {
        // The player cannot send a token; this cookie is the link itself and reads only.
        response.with("Set-Cookie", link_cookie(call, link, "/v1/renders"));
    }
    return response;
}

} // namespace stemlathe::service
