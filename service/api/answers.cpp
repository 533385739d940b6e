#include "service/api/answers.hpp"

#include "host/report/json_text.hpp"
#include "host/toml/nearest_name.hpp"
#include "service/http/percent.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace stemlathe::service {

namespace {

std::string etag_of(boost::json::object const& document) {
    return fmt::format("\"v{}\"", document.at("version").as_int64());
}

/// Path and query of the request without `after`.
std::string list_address(Request const& request) {
    auto address = percent_encoded(request.path, "/");
    for (auto const& [name, value] : request.query) {
        if (name != "after") {
            address += address.find('?') == std::string::npos ? '?' : '&';
            address += percent_encoded(name) + "=" + percent_encoded(value);
        }
    }
    return address;
}

/// A cursor as it stands in an address: an id, or the number of an event.
std::string cursor_text(boost::json::value const& cursor) {
    return cursor.is_string() ? std::string{cursor.get_string()} : boost::json::serialize(cursor);
}

} // namespace

Response json_answer(int status, boost::json::value const& document) {
    Response response{.status = status};
    response.with("Content-Type", "application/json");
    response.with("Cache-Control", "no-store");
    response.body = json_text(document);
    return response;
}

Response versioned_answer(Call const& call, int status, boost::json::object const& document) {
    auto const etag = etag_of(document);
    if (call.request.method == Method::get && call.request.field("if-none-match") == etag) {
        return Response{.status = 304}.with("ETag", etag);
    }
    return json_answer(status, document).with("ETag", etag);
}

Response
created_answer(Call const& call, std::string location, boost::json::object const& document) {
    auto response = document.if_contains("version") != nullptr
                        ? versioned_answer(call, 201, document)
                        : json_answer(201, document);
    response.with("Location", std::move(location));
    return response;
}

Response empty_answer() {
    return Response{.status = 204};
}

std::string updated_text(Row const& row) {
    return time_text(row.maybe_integer("updated").value_or(row.integer("created")));
}

boost::json::value time_or_null(std::optional<std::int64_t> ms) {
    return ms ? boost::json::value(time_text(*ms)) : boost::json::value{};
}

boost::json::value text_or_null(std::optional<std::string> const& text) {
    return text ? boost::json::value(*text) : boost::json::value{};
}

boost::json::value stored_json(std::optional<std::string> const& text) {
    return text && !text->empty() ? boost::json::parse(*text) : boost::json::value{};
}

void check_version(Call const& call, std::int64_t version) {
    auto const wanted = call.request.field("if-match");
    if (wanted.empty()) {
        throw Problem{
            ProblemKind::version_required,
            "send If-Match with the ETag of the document that is to be changed"};
    }
    if (wanted != "*" && wanted != fmt::format("\"v{}\"", version)) {
        throw Problem{
            ProblemKind::stale_version,
            fmt::format("it is \"v{}\" now, and the change is for {}", version, wanted)};
    }
}

Page page_of(Call const& call) {
    Page page;
    page.address = list_address(call.request);
    page.after = call.request.query_value("after").value_or("");
    if (auto const limit = call.request.query_value("limit")) {
        auto const* const end = limit->data() + limit->size();
        auto const [rest, error] = std::from_chars(limit->data(), end, page.limit);
        auto const most = call.services.limits.page_max;
        if (error != std::errc{} || rest != end || page.limit < 1 || page.limit > most) {
            throw Problem{
                ProblemKind::bad_request,
                fmt::format("limit is {}; it must be a whole number from 1 to {}", *limit, most)};
        }
    }
    return page;
}

std::string
query_word(Call const& call, std::string_view name, std::span<std::string_view const> allowed) {
    auto word = call.request.query_value(name).value_or("");
    if (!word.empty() && std::ranges::find(allowed, word) == allowed.end()) {
        std::vector<std::string_view> const names{allowed.begin(), allowed.end()};
        throw Problem{
            ProblemKind::bad_request,
            fmt::format("{} is \"{}\"{}", name, word, suggestion(word, names))};
    }
    return word;
}

std::int64_t updated_since(Call const& call) {
    auto const text = call.request.query_value("updated_since");
    auto const time = text ? time_in(*text) : std::optional<std::int64_t>{0};
    if (!time) {
        throw Problem{
            ProblemKind::bad_request,
            fmt::format(
                "updated_since is \"{}\"; it must be a time such as 2026-11-26T08:12:03Z (in an "
                "address, + is written %2B)",
                *text
            )};
    }
    return std::max(*time, std::int64_t{0});
}

Response list_document(Page const& page, boost::json::array items, boost::json::value const& next) {
    auto response = json_answer(200, {{"items", std::move(items)}, {"next", next}});
    if (!next.is_null()) {
        char const joint = page.address.find('?') == std::string::npos ? '?' : '&';
        auto const after = percent_encoded(cursor_text(next));
        response.with(
            "Link", fmt::format("<{}{}after={}>; rel=\"next\"", page.address, joint, after)
        );
    }
    return response;
}

} // namespace stemlathe::service
