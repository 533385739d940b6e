#include "service/http/response_head.hpp"

#include "service/http/characters.hpp"
#include "service/http/http_date.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace stemlathe::service {

namespace {

/// What the front writes itself, whatever the application says.
constexpr std::array<std::string_view, 5> kOwnFields{
    "connection", "content-length", "date", "transfer-encoding", "x-request-id"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kDefaultFields{
    {{"Cache-Control", "no-store"},
     {"Content-Security-Policy",
      "default-src 'self'; media-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; "
      "base-uri 'none'"},
     {"Cross-Origin-Resource-Policy", "same-origin"},
     {"Referrer-Policy", "no-referrer"},
     {"X-Content-Type-Options", "nosniff"}}};

/// RFC 6797: for a year the browser speaks to this host encrypted, or not at all. Other hosts of
/// the domain are not ours to promise for.
constexpr std::pair<std::string_view, std::string_view> kSecureField{
    "Strict-Transport-Security", "max-age=31536000"};

/// A proxy must neither store nor hold back a stream of events.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kStreamFields{
    {{"Content-Type", "text/event-stream"}, {"X-Accel-Buffering", "no"}}};

/// RFC 9110, 15, and what tus and rate limits add; the phrase is for people only.
std::string_view reason(int status) noexcept {
    constexpr std::array<std::pair<int, std::string_view>, 34> kReasons{
        {{100, "Continue"},
         {200, "OK"},
         {201, "Created"},
         {202, "Accepted"},
         {204, "No Content"},
         {206, "Partial Content"},
         {303, "See Other"},
         {304, "Not Modified"},
         {307, "Temporary Redirect"},
         {400, "Bad Request"},
         {401, "Unauthorized"},
         {403, "Forbidden"},
         {404, "Not Found"},
         {405, "Method Not Allowed"},
         {406, "Not Acceptable"},
         {408, "Request Timeout"},
         {409, "Conflict"},
         {410, "Gone"},
         {412, "Precondition Failed"},
         {413, "Content Too Large"},
         {414, "URI Too Long"},
         {415, "Unsupported Media Type"},
         {416, "Range Not Satisfiable"},
         {417, "Expectation Failed"},
         {421, "Misdirected Request"},
         {422, "Unprocessable Content"},
         {423, "Locked"},
         {428, "Precondition Required"},
         {429, "Too Many Requests"},
         {431, "Request Header Fields Too Large"},
         {500, "Internal Server Error"},
         {501, "Not Implemented"},
         {503, "Service Unavailable"},
         {507, "Insufficient Storage"}}};
    auto const* const found =
        std::ranges::find(kReasons, status, &std::pair<int, std::string_view>::first);
    return found == kReasons.end() ? std::string_view{} : found->second;
}

void add(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

bool names(Response const& response, std::string_view name) {
    return std::ranges::any_of(response.fields, [&](auto const& field) {
        return equal_ignoring_case(field.first, name);
    });
}

bool may_stand(std::pair<std::string, std::string> const& field) {
    bool const is_own = std::ranges::any_of(kOwnFields, [&](std::string_view own) {
        return equal_ignoring_case(field.first, own);
    });
    return !is_own && is_token(field.first) && std::ranges::none_of(field.second, is_control);
}

/// @returns nothing for a stream, which ends with the connection
std::optional<std::int64_t> length_of(Response const& response) {
    if (auto const* const text = std::get_if<std::string>(&response.body)) {
        return static_cast<std::int64_t>(text->size());
    }
    if (auto const* const file = std::get_if<FileBody>(&response.body)) {
        return file->bytes;
    }
    if (auto const* const source = std::get_if<std::unique_ptr<BodySource>>(&response.body)) {
        return (*source)->bytes();
    }
    return std::nullopt;
}

} // namespace

std::string response_head(Response const& response, HeadContext const& context) {
    std::string head;
    head.reserve(640);
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    head.append(reason(response.status)).append("\r\n");
    add(head, "Date", http_date(std::chrono::system_clock::to_time_t(context.now)));
    add(head, "X-Request-Id", context.request_id);
    for (auto const& field : response.fields) {
        if (may_stand(field)) {
            add(head, field.first, field.second);
        }
    }
    auto const add_default = [&](auto const& field) {
        if (!names(response, field.first)) {
            add(head, field.first, field.second);
        }
    };
    std::ranges::for_each(kDefaultFields, add_default);
    if (context.is_secure) {
        add_default(kSecureField);
    }
    auto const length = length_of(response);
    if (!length) {
        std::ranges::for_each(kStreamFields, add_default);
    } else if (response.status != 204 && response.status != 304) {
        add(head, "Content-Length", std::to_string(*length));
    }
    add(head, "Connection", context.keeps_alive ? "keep-alive" : "close");
    return head.append("\r\n");
}

bool has_body(Response const& response, Method method) noexcept {
    return method != Method::head && response.status != 204 && response.status != 304;
}

} // namespace stemlathe::service
