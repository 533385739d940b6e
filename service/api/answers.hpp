#pragma once

#include "service/api/call.hpp"
#include "service/api/problem.hpp"
#include "service/api/rfc3339.hpp"
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

/// When a row was changed last: its `updated`, or `created` where it never was.
[[nodiscard]] std::string updated_text(Row const& row);
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
    std::string address{}; ///< of this list with its filters, to which `after` is added
};

/// @throws Problem{bad_request}
[[nodiscard]] Page page_of(Call const& call);

/// The value of a filter such as `?state=`, one of `allowed`; empty where there is none.
/// @throws Problem{bad_request}
[[nodiscard]] std::string
query_word(Call const& call, std::string_view name, std::span<std::string_view const> allowed);

/// `?updated_since=`, milliseconds since 1970; 0 where there is none. @throws Problem{bad_request}
[[nodiscard]] std::int64_t updated_since(Call const& call);

/// {"items": [...], "next": ...}, and where `next` is not null the same page as the field Link (RFC
/// 8288).
[[nodiscard]] Response
list_document(Page const& page, boost::json::array items, boost::json::value const& next);

/// A list of at most page.limit + 1 rows, asked for so that it is known whether more follow.
template <typename Show>
[[nodiscard]] Response list_answer(Page const& page, Rows const& rows, Show const& show) {
    boost::json::array items;
    auto const limit = static_cast<std::size_t>(page.limit);
    for (auto const& row : rows) {
        if (items.size() < limit) {
            items.push_back(show(row));
        }
    }
    auto const next = rows.size() > limit ? items.back().at("id") : boost::json::value{};
    return list_document(page, std::move(items), next);
}

} // namespace stemlathe::service
