#include "service/api/problem.hpp"

#include "host/report/json_text.hpp"
#include "service/http/refusal.hpp"
#include "service/jobs/queue_full.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

using enum ProblemKind;

// clang-format off
constexpr std::array kCatalogue{
    ProblemEntry{bad_request, "bad-request", 400, "The request is malformed", "Correct what the detail names."},
    ProblemEntry{invalid_document, "invalid-document", 422, "The document has wrong values", "Each entry of `errors` names a place in the document and what would be right."},
    ProblemEntry{unauthorized, "unauthorized", 401, "No valid token was given", "Send `Authorization: Bearer ...` with a token that is neither expired nor revoked."},
    ProblemEntry{forbidden, "forbidden", 403, "This token may not do that", "Use a token with the role and scope that the operation asks for."},
    ProblemEntry{not_found, "not-found", 404, "There is no such thing", "Check the id. Things of another client are not there either."},
    ProblemEntry{method_not_allowed, "method-not-allowed", 405, "This path has no such method", "The field Allow lists those it has."},
    ProblemEntry{not_acceptable, "not-acceptable", 406, "None of the wanted formats exists", "Ask for one of the formats that the detail lists."},
    ProblemEntry{request_timeout, "request-timeout", 408, "The request came too slowly", "Send it again.", true},
    ProblemEntry{conflict, "conflict", 409, "The state does not allow that", "Read the thing again and decide anew."},
    ProblemEntry{gone, "gone", 410, "It was there and is not any more", "Begin anew."},
    ProblemEntry{stale_version, "stale-version", 412, "The document has changed meanwhile", "Read it again and repeat the change with the new ETag."},
    ProblemEntry{tus_version, "tus-version", 412, "The upload speaks another protocol", "Send `Tus-Resumable: 1.0.0`; Tus-Version lists what is spoken."},
    ProblemEntry{too_large, "too-large", 413, "The body is too large", "The detail names the limit."},
    ProblemEntry{uri_too_long, "uri-too-long", 414, "The address is too long", "The limit is 2048 bytes."},
    ProblemEntry{unsupported_media_type, "unsupported-media-type", 415, "The body has the wrong type", "Send the Content-Type that the detail names."},
    ProblemEntry{range_not_satisfiable, "range-not-satisfiable", 416, "The range lies outside the file", "Content-Range names its size."},
    ProblemEntry{expectation_failed, "expectation-failed", 417, "The expectation is not known", "Leave Expect out, or send 100-continue."},
    ProblemEntry{invalid_plan, "invalid-plan", 422, "The plan cannot be followed", "The detail names key, value and range."},
    ProblemEntry{locked, "locked", 423, "Somebody else is writing to it", "Try again in a moment.", true},
    ProblemEntry{version_required, "version-required", 428, "The change must say which version it changes", "Send If-Match with the ETag that you read."},
    ProblemEntry{too_many_requests, "too-many-requests", 429, "Too many requests", "Wait as Retry-After says.", true},
    ProblemEntry{queue_full, "queue-full", 429, "The queue is full", "Wait as Retry-After says.", true},
    ProblemEntry{header_too_large, "header-too-large", 431, "The header is too large", "The limits are 8 KiB and 64 fields."},
    ProblemEntry{checksum_mismatch, "checksum-mismatch", 460, "The bytes do not have the checksum", "Send the chunk again; nothing of it was kept.", true},
    ProblemEntry{key_missing, "idempotency-key-missing", 400, "This operation needs an Idempotency-Key", "Send a new random key, and the same one when you repeat the request."},
    ProblemEntry{key_reused, "idempotency-key-reused", 422, "The Idempotency-Key belongs to another request", "Use a new key for a new request."},
    ProblemEntry{not_approved, "not-approved", 403, "The master has not been approved", "Files are released by an approval; until then there is listening only."},
    ProblemEntry{quota_exceeded, "quota-exceeded", 403, "The client's storage is used up", "Delete what is not needed, or ask the house for more."},
    ProblemEntry{internal, "internal", 500, "Something failed inside", "Quote the request_id to the house."},
    ProblemEntry{not_implemented, "not-implemented", 501, "The server does not do that", "See /openapi.json for what it does."},
    ProblemEntry{unavailable, "unavailable", 503, "The server cannot answer now", "Try again as Retry-After says.", true},
    ProblemEntry{storage_full, "storage-full", 507, "The storage is full", "Try again later; what was received so far is kept.", true},
    ProblemEntry{wrong_host, "wrong-host", 421, "The service does not answer to this name", "Use the name or the address that the house gave you."},
    ProblemEntry{http_version, "http-version", 505, "This version of HTTP is not spoken", "Speak HTTP/1.1."}};

// clang-format on

static_assert(std::ranges::all_of(kRefusalKinds, [](RefusalKind const& refusal) {
    return std::ranges::any_of(kCatalogue, [&](ProblemEntry const& entry) {
        return entry.name == refusal.name && entry.status == refusal.status;
    });
}));

ProblemKind kind_of(Code code) noexcept {
    switch (code) {
    case Code::invalid_argument:
    case Code::invalid_session:
    case Code::unreadable:
    case Code::not_a_number:
    case Code::intake_refused:
        return invalid_document;
    case Code::invalid_plan:
        return invalid_plan;
    case Code::not_found:
        return not_found;
    case Code::storage_full:
        return storage_full;
    case Code::cancelled:
        return conflict;
    case Code::no_device:
    case Code::device_lost:
    case Code::out_of_memory:
    case Code::storage_failed:
        return unavailable;
    case Code::internal:
        break;
    }
    return internal;
}

/// A key of a plan, "stem[3].dynamics.ratio", as the place in the request's document.
std::string pointer_in_plan(std::string_view key) {
    std::string pointer = "/plan/";
    for (char const c : key) {
        if (c != ']') {
            pointer += c == '.' || c == '[' ? '/' : c;
        }
    }
    return pointer;
}

} // namespace

std::span<ProblemEntry const> problem_catalogue() noexcept {
    return kCatalogue;
}

ProblemEntry const& entry_of(ProblemKind kind) noexcept {
    return *std::ranges::find(kCatalogue, kind, &ProblemEntry::kind);
}

ProblemEntry const* problem_named(std::string_view name) noexcept {
    auto const found = std::ranges::find(kCatalogue, name, &ProblemEntry::name);
    return found == kCatalogue.end() ? nullptr : &*found;
}

Problem::Problem(ProblemKind kind, std::string detail, std::vector<FieldProblem> errors)
    : kind_{kind}, detail_{std::move(detail)}, errors_{std::move(errors)} {}

Problem&& Problem::retry_after(std::int64_t seconds) && {
    retry_after_s_ = seconds;
    return std::move(*this);
}

Problem&& Problem::with(std::string name, std::string value) && {
    fields_.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

Problem&& Problem::waiting(std::chrono::milliseconds at_most) && {
    wait_ = Wait{.at_most = at_most};
    return std::move(*this);
}

Response Problem::response(std::string_view request_id) const {
    auto const& entry = entry_of(kind_);
    boost::json::object document{
        {"type", "/problems/" + std::string{entry.name}},
        {"title", entry.title},
        {"status", entry.status},
        {"detail", detail_},
        {"request_id", request_id},
        {"retryable", entry.retryable}};
    if (!errors_.empty()) {
        boost::json::array errors;
        for (auto const& error : errors_) {
            errors.push_back({{"pointer", error.pointer}, {"message", error.message}});
        }
        document["errors"] = std::move(errors);
    }
    Response response{.status = entry.status, .wait = wait_};
    response.fields = fields_;
    response.with("Content-Type", "application/problem+json");
    if (retry_after_s_ || entry.retryable) {
        auto const seconds = retry_after_s_.value_or(1);
        document["retry_after"] = seconds;
        response.with("Retry-After", std::to_string(seconds));
    }
    if (kind_ == unauthorized) {
        response.with("WWW-Authenticate", "Bearer");
    }
    response.body = json_text(document);
    return response;
}

Problem problem_of(Failure const& failure) {
    if (auto const* full = dynamic_cast<QueueFull const*>(&failure)) {
        return Problem{queue_full, full->what()}.retry_after(full->retry_after_s());
    }
    auto const kind = kind_of(failure.code());
    if (kind == internal) {
        // Its sentence may speak of files and addresses of this machine: it goes to the log.
        return Problem{internal, "the server met an error of its own; it stands in its log"};
    }
    std::vector<FieldProblem> errors;
    if (kind == invalid_plan && !failure.key().empty()) {
        errors.push_back({.pointer = pointer_in_plan(failure.key()), .message = failure.what()});
    }
    return Problem{kind, failure.what(), std::move(errors)};
}

} // namespace stemlathe::service
