#include "service/api/application.hpp"

#include "service/api/audit_note.hpp"
#include "service/api/authenticate.hpp"
#include "service/api/idempotency.hpp"
#include "service/api/problem.hpp"
#include "service/limits/rate_limits.hpp"
#include "service/metrics/service_figures.hpp"
#include "service/uploads/tus.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

bool changes_something(Method method) noexcept {
    return method != Method::get && method != Method::head && method != Method::options;
}

[[noreturn]] void refuse_method(RouteMatch const& match) {
    std::string allowed;
    for (auto const method : match.allowed) {
        allowed += (allowed.empty() ? "" : ", ") + std::string{name_of(method)};
    }
    throw Problem{ProblemKind::method_not_allowed, "this path has " + allowed}.with(
        "Allow", allowed
    );
}

/// Behind a proxy on this machine everybody seems to come from it; proxies say that they are ones.
bool comes_from_here(Request const& request) {
    bool const is_loopback = request.peer.starts_with("127.") || request.peer == "::1" ||
                             request.peer.starts_with("::ffff:127.");
    return is_loopback && request.field("x-forwarded-for").empty() &&
           request.field("forwarded").empty() && request.field("via").empty() &&
           request.field("x-real-ip").empty();
}

/// @throws Problem{unauthorized, forbidden}
void check_rights(Route const& route, Principal const& who, Request const& request) {
    if (route.rank == Rank::anonymous || (route.is_open_here && comes_from_here(request))) {
        return;
    }
    if (who.rank == Rank::anonymous) {
        throw Problem{
            ProblemKind::unauthorized, "this operation needs a token: Authorization: Bearer ..."};
    }
    if (who.rank == Rank::reviewer) {
        if (route.right.empty() || !who.has_right(route.right)) {
            throw Problem{ProblemKind::forbidden, "this link does not allow that"};
        }
        return;
    }
    if (who.rank < route.rank) {
        throw Problem{
            ProblemKind::forbidden,
            fmt::format("the operation is for the role {} and above", name_of(route.rank))};
    }
    if (!route.scope.empty() && !who.has_scope(route.scope)) {
        throw Problem{
            ProblemKind::forbidden, fmt::format("the token lacks the scope {}", route.scope)};
    }
}

/// What a repeated request gets where the first answer held a secret.
Response answered_once(Request const& request) {
    return Problem{
        ProblemKind::conflict,
        "this was done already, and its answer was shown once; make a new one with a new key"}
        .response(request.id);
}

/// What is not read as a whole by the front has its limit here.
void check_size(Request const& head, std::size_t bytes_max) {
    if (head.body_bytes > static_cast<std::int64_t>(bytes_max)) {
        throw Problem{
            ProblemKind::too_large, fmt::format("the body may have {} bytes at most", bytes_max)};
    }
}

void check_document_type(Request const& request) {
    auto const type = request.field("content-type");
    auto const name = type.substr(0, type.find(';'));
    if (!name.empty() && name != "application/json" && name != "application/merge-patch+json") {
        throw Problem{ProblemKind::unsupported_media_type, "send the document as application/json"};
    }
}

} // namespace

struct ApiApplication::Found {
    Route const* route = nullptr;
    Principal who{};
};

/// Takes a body as a whole, prepares its answer on the blob thread that brings it, and gives it on
/// the application thread.
class ApiApplication::PreparedAnswer final : public BodySink {
  public:
    PreparedAnswer(ApiApplication& application, Request head, Preparation prepare)
        : application_{application}, request_{std::move(head)}, prepare_{std::move(prepare)} {}

    void attach(std::function<void()> /*interrupt*/) override {}

    void write(std::span<std::byte const> bytes) override {
        request_.body.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    }

    [[nodiscard]] Response finish(bool complete) override {
        return application_.caught(request_, [&] {
            if (!complete) {
                throw Problem{ProblemKind::request_timeout, "the body broke off"};
            }
            request_.prepared = prepare_(request_.body);
            Response response;
            application_.settings_.on_application_thread([&] {
                response = application_.answer(request_);
            });
            return response;
        });
    }

  private:
    ApiApplication& application_;
    Request request_;
    Preparation prepare_;
};

ApiApplication::ApiApplication(
    Services& services, std::span<Route const> routes, UploadDoor& uploads, ApiSettings settings
)
    : services_{services}, routes_{routes}, uploads_{uploads}, settings_{std::move(settings)} {}

ApiApplication::Found ApiApplication::find(Request& request) const {
    request.method = effective_method(request);
    auto match = match_route(routes_, request.method, request.path);
    if (match.route == nullptr && !match.allowed.empty()) {
        refuse_method(match);
    }
    if (match.route == nullptr) {
        throw Problem{
            ProblemKind::not_found, fmt::format("there is no operation at {}", request.path)};
    }
    request.path_values = std::move(match.values);
    Found found{
        .route = match.route,
        .who = authenticate(services_.database, request, settings_.admin_token_hash)};
    check_rights(*found.route, found.who, request);
    return found;
}

/// @throws Problem{too_many_requests} the caller asks too often; its answer and all others tell
/// where the caller stands
void ApiApplication::count_request(Request& head, Principal const& who) {
    if (services_.rates == nullptr) {
        return;
    }
    bool const is_known = who.rank != Rank::anonymous;
    auto const client = who.is_house() ? std::string_view{} : who.tenant;
    auto const now = services_.steady_ms();
    auto verdict = is_known ? services_.rates->of_token(who.id, client, now)
                            : services_.rates->of_address(head.peer, now);
    head.answer_fields = std::move(verdict.fields);
    if (!verdict.is_allowed) {
        if (services_.figures != nullptr) {
            services_.figures->limited(verdict.by);
        }
        throw Problem{
            ProblemKind::too_many_requests,
            fmt::format(
                "more requests came from this {} than it may send; wait {} s",
                verdict.by,
                verdict.wait_s
            )}
            .retry_after(verdict.wait_s);
    }
}

/// Finds the operation of a head that has just come, and counts it: whoever is not known, or gives
/// a wrong token, by the address.
ApiApplication::Found ApiApplication::find_for(Request& head, Request& matched) {
    try {
        auto found = find(matched);
        count_request(head, found.who);
        return found;
    } catch (Problem const& problem) {
        if (problem.kind() != ProblemKind::too_many_requests) {
            count_request(head, {});
        }
        throw;
    }
}

/// Runs work; every exception becomes the problem document that its kind is.
template <typename Work>
Response ApiApplication::guarded(Request const& request, Work const& work) {
    std::optional<ProblemKind> why;
    auto response = caught(request, [&] {
        try {
            return work();
        } catch (Problem const& problem) {
            why = problem.kind();
            throw;
        }
    });
    note_if_refused(request, response, why);
    if (is_upload_path(request.path)) {
        speak_tus(response);
    }
    return response;
}

/// Whoever is turned away leaves a trace, as long as he tried something: a request without any
/// token is a browser that knows nothing yet.
void ApiApplication::note_if_refused(
    Request const& request, Response const& response, std::optional<ProblemKind> why
) {
    if (response.status < 400) {
        return;
    }
    auto const match = match_route(routes_, request.method, request.path);
    auto const pattern = match.route != nullptr ? match.route->pattern : std::string_view{};
    bool const is_link = pattern == "/r/{link}";
    bool const is_sign_in = pattern == "/v1/sign-in" || pattern == "/admin";
    bool const is_unauthorized = response.status == 401;
    auto const action = [&]() -> std::string_view {
        if (is_link && (is_unauthorized || why == ProblemKind::not_found)) {
            return is_unauthorized ? "link.password.refused" : "link.refused";
        }
        if (is_unauthorized && is_sign_in) {
            return "sign-in.refused";
        }
        if (is_unauthorized && !request.field("authorization").empty()) {
            return "token.refused";
        }
        return why == ProblemKind::forbidden ? "access.refused" : std::string_view{};
    }();
    if (action.empty()) {
        return;
    }
    try {
        note_refusal(
            services_, request, action, fmt::format("{} {}", name_of(request.method), pattern)
        );
    } catch (std::exception const& error) {
        // The refusal stands, whatever the disk says.
        settings_.report_error(request.id, error);
    }
}

template <typename Work>
Response ApiApplication::caught(Request const& request, Work const& work) {
    try {
        return work();
    } catch (Problem const& problem) {
        return problem.response(request.id);
    } catch (Failure const& failure) {
        settings_.report_error(request.id, failure);
        return problem_of(failure).response(request.id);
    } catch (std::exception const& error) {
        settings_.report_error(request.id, error);
        return Problem{
            ProblemKind::internal, "the server met an error of its own; it stands in its log"}
            .response(request.id);
    }
}

Admission ApiApplication::admit(Request& head) {
    Admission admission;
    auto const refusal = [&]() -> std::optional<Response> {
        std::optional<Response> no;
        // The front sends as many bytes as the request's own method may have.
        auto matched = head;
        auto response = guarded(head, [&] {
            auto const match = match_route(routes_, effective_method(head), head.path);
            head.operation = match.route != nullptr ? match.route->pattern : std::string_view{};
            auto const found = find_for(head, matched);
            auto const& route = *found.route;
            if (route.key == KeyRule::required && head.field("idempotency-key").empty()) {
                throw Problem{
                    ProblemKind::key_missing,
                    "send an Idempotency-Key, so that a repeated request does nothing twice"};
            }
            if (route.body == BodyKind::document) {
                check_document_type(head);
            }
            if (route.body == BodyKind::document || route.body == BodyKind::form) {
                admission.body_bytes_max = services_.limits.document_bytes_max;
            }
            Call const call{.request = matched, .who = found.who, .services = services_};
            if (route.body == BodyKind::upload) {
                admission.sink = uploads_.receive(call);
            }
            if (route.prepare != nullptr) {
                check_size(head, admission.body_bytes_max);
                admission.sink = std::make_unique<PreparedAnswer>(*this, head, route.prepare(call));
            }
            return Response{.status = 100};
        });
        if (response.status != 100) {
            no = std::move(response);
        }
        return no;
    };
    admission.refusal = refusal();
    return admission;
}

Response ApiApplication::answer_call(Route const& route, Call const& call) {
    if (!changes_something(call.request.method)) {
        return route.answer(call);
    }
    Transaction transaction{services_.database};
    bool const has_key = !call.request.field("idempotency-key").empty();
    if (has_key) {
        if (auto earlier = earlier_answer(call)) {
            return *std::move(earlier);
        }
    }
    auto response = route.answer(call);
    bool const is_done = has_key && response.status < 400; // else it may be tried again
    if (is_done && route.key == KeyRule::once) {
        keep_answer(call, answered_once(call.request));
    } else if (is_done) {
        keep_answer(call, response);
    }
    transaction.commit();
    settings_.committed();
    return response;
}

Response ApiApplication::answer(Request const& request) {
    return guarded(request, [&] {
        Request matched = request;
        auto const found = find(matched);
        Call const call{.request = matched, .who = found.who, .services = services_};
        auto response = answer_call(*found.route, call);
        if (response.later) {
            response.later =
                [this, id = request.id, later = std::move(response.later)](Response draft) {
                    Request same;
                    same.id = id;
                    return caught(same, [&] { return later(std::move(draft)); });
                };
        }
        return response;
    });
}

Response
ApiApplication::refuse(Request const& request, RefusalKind const& kind, std::string_view detail) {
    // problem.cpp asserts that the catalogue has all that the front says, with the same status.
    auto const& entry = *problem_named(kind.name);
    auto response = Problem{entry.kind, std::string{detail}}.response(request.id);
    if (is_upload_path(request.path)) {
        speak_tus(response);
    }
    return response;
}

} // namespace stemlathe::service
