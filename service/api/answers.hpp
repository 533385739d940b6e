#pragma once

#include "service/api/call.hpp"
#include "service/api/problem.hpp"
#include "service/http/message.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// The shapes that every answer of the API has.
namespace stemlathe::service {

[[nodiscard]] Response json_answer(int status, boost::json::value const& document);

/// A document that can be changed: the same with its version as ETag; 304 where the client has it.
[[nodiscard]] Response
versioned_answer(Call const& call, int status, boost::json::object const& document);

/// 201 with Location and the document's ETag.
[[nodiscard]] Response
created_answer(Call const& call, std::string location, boost::json::object const& document);

[[nodiscard]] Response empty_answer();

/// "2026-11-26T08:12:03.123Z" (RFC 3339) of milliseconds since 1970.
[[nodiscard]] std::string time_text(std::int64_t ms);
[[nodiscard]] boost::json::value time_or_null(std::optional<std::int64_t> ms);
[[nodiscard]] boost::json::value text_or_null(std::optional<std::string> const& text);
/// JSON text that the store holds, as a value.
[[nodiscard]] boost::json::value stored_json(std::optional<std::string> const& text);

/// The change must name the version it changes (RFC 9110, 13.1.1).
/// @throws Problem{version_required, stale_version}
void check_version(Call const& call, std::int64_t version);

/// `?limit=` and `?after=`: lists go by id, which goes by time.
struct Page {
    std::int64_t limit = 50;
    std::string after{};
};

/// @throws Problem{bad_request}
[[nodiscard]] Page page_of(Call const& call);

/// The value of a filter such as `?state=`, one of `allowed`; empty where there is none.
/// @throws Problem{bad_request}
[[nodiscard]] std::string
query_word(Call const& call, std::string_view name, std::span<std::string_view const> allowed);

/// {"items": [...], "next": "id" | null} of at most page.limit + 1 rows, asked for so that it is
/// known whether more follow.
template <typename Show>
[[nodiscard]] Response list_answer(Page const& page, Rows const& rows, Show const& show) {
    boost::json::array items;
    boost::json::value next = nullptr;
    for (auto const& row : rows) {
        if (static_cast<std::int64_t>(items.size()) == page.limit) {
            next = items.back().at("id");
            break;
        }
        items.push_back(show(row));
    }
    return json_answer(200, {{"items", std::move(items)}, {"next", std::move(next)}});
}

} // namespace stemlathe::service
