#include "service/api/share_gate.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/authenticate.hpp"
#include "service/api/pages.hpp"
#include "service/api/password.hpp"
#include "service/http/target.hpp"
#include "service/store/ids.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kPassLife_ms = std::int64_t{12} * 3'600'000;
constexpr std::int64_t kTriesMax = 5;
constexpr std::int64_t kTriesTime_ms = 60'000;
constexpr std::string_view kRight = "right";
constexpr std::string_view kWrong = "wrong";
constexpr std::string_view kBusy = "busy"; ///< another password was being looked at

/// The value of `password` in a form's body; empty where there is none.
std::string password_in(std::string const& form) {
    auto const target = parse_target("/?" + form);
    auto const found = target ? target->query.find("password") : Fields::const_iterator{};
    return target && found != target->query.end() ? found->second : std::string{};
}

Row link_of_path(Call const& call) {
    auto share = live_share(call.database(), call.request.path_value("link"));
    if (!share) {
        throw Problem{
            ProblemKind::not_found, "this link is not known here, or is expired or revoked"};
    }
    return *std::move(share);
}

/// The first try of a minute begins it.
void count_try(Call const& call, Row const& share) {
    Transaction transaction{call.database()};
    auto const rows = call.database().query(
        "UPDATE share SET tries=CASE WHEN tries_since+$2>now_ms() THEN tries+1 ELSE 1 END, "
        "tries_since=CASE WHEN tries_since+$2>now_ms() THEN tries_since ELSE now_ms() END "
        "WHERE id=$1 AND (tries<$3 OR tries_since+$2<=now_ms()) RETURNING id",
        {share.text("id"), kTriesTime_ms, kTriesMax}
    );
    if (rows.empty()) {
        auto const left_ms = call.database()
                                 .query(
                                     "SELECT tries_since+$2-now_ms() AS ms FROM share WHERE id=$1",
                                     {share.text("id"), kTriesTime_ms}
                                 )
                                 .front()
                                 .integer("ms");
        throw Problem{
            ProblemKind::too_many_requests,
            fmt::format("the link's password may be tried {} times a minute", kTriesMax)}
            .retry_after((left_ms + 999) / 1000);
    }
    transaction.commit();
}

bool wants(Call const& call, std::string_view type) {
    return call.request.field("accept").find(type) != std::string_view::npos;
}

/// Nobody looked at the password, so the try was none.
Response come_again(Call const& call, Row const& share) {
    call.database().query(
        "UPDATE share SET tries=tries-1 WHERE id=$1 AND tries>0", {share.text("id")}
    );
    if (wants(call, "text/html")) {
        return password_page(429).with("Retry-After", "1");
    }
    return Problem{ProblemKind::too_many_requests, "another password is being looked at; try again"}
        .retry_after(1)
        .response(call.request.id);
}

/// What opens the page: the link itself, or a pass for it.
struct Opener {
    std::string token{};
    std::int64_t expires_ms = 0;
};

/// A new pass of the share, at most as long as the share itself. Old ones of all links are
/// forgotten.
Opener make_pass(Call const& call, Row const& share) {
    auto const id = make_id("pas");
    auto const secret = random_secret();
    call.database().query("DELETE FROM share_pass WHERE expires<=now_ms()");
    auto const rows = call.database().query(
        "INSERT INTO share_pass(id, share, secret_hash, expires) SELECT $1, id, $3, "
        "CASE WHEN expires<now_ms()+$4 THEN expires ELSE now_ms()+$4 END FROM share WHERE id=$2 "
        "RETURNING expires",
        {id, share.text("id"), hash_of_secret(secret), kPassLife_ms}
    );
    return {.token = id + "_" + secret, .expires_ms = rows.front().integer("expires")};
}

} // namespace

Preparation check_link_password(Call const& call) {
    auto const share = link_of_path(call);
    auto const kept = share.maybe_text("password");
    if (!kept) {
        return [](std::string const&) {
            return std::string{kRight};
        };
    }
    count_try(call, share);
    return [kept = *kept](std::string const& form) {
        auto const is_right = is_password(password_in(form), kept);
        return std::string{!is_right ? kBusy : *is_right ? kRight : kWrong};
    };
}

Response open_link(Call const& call) {
    auto const share = link_of_path(call);
    auto const& link = call.request.path_value("link");
    if (call.request.prepared == kBusy) {
        return come_again(call, share);
    }
    if (call.request.prepared != kRight && wants(call, "text/html")) {
        return password_page(401);
    }
    if (call.request.prepared != kRight) {
        throw Problem{ProblemKind::unauthorized, "this is not the link's password"};
    }
    auto const opener = share.maybe_text("password")
                            ? make_pass(call, share)
                            : Opener{.token = link, .expires_ms = share.integer("expires")};
    note_action(
        call,
        {.action = "link.password.given",
         .subject = share.text("id"),
         .client = share.text("tenant"),
         .detail =
             {{"recipient", share.text("recipient")},
              {"asked", share.maybe_text("password").has_value()}}}
    );
    if (wants(call, "application/json")) {
        return json_answer(
            200, {{"token", opener.token}, {"expires", time_text(opener.expires_ms)}}
        );
    }
    return Response{.status = 303}
        .with("Location", "/r/" + link)
        .with("Cache-Control", "no-store")
        .with("Set-Cookie", link_cookie(call, opener.token, "/r/" + link))
        .with("Set-Cookie", link_cookie(call, opener.token, "/v1/renders"));
}

} // namespace stemlathe::service
