#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

#include <boost/json/object.hpp>

namespace stemlathe::service {

// POST /v1/sessions/{session}/comments -> 201 | 404 | 409 too many | 422
[[nodiscard]] Response create_comment(Call const& call);
// GET /v1/sessions/{session}/comments?state=&render= -> 200 | 404
[[nodiscard]] Response list_comments(Call const& call);
// GET /v1/sessions/{session}/comments/{comment} -> 200 | 304 | 404
[[nodiscard]] Response show_comment(Call const& call);
// PATCH /v1/sessions/{session}/comments/{comment} (If-Match) -> 200 | 403 | 404 | 412 | 422 | 428
[[nodiscard]] Response change_comment(Call const& call);
// DELETE /v1/sessions/{session}/comments/{comment} (If-Match) -> 204 | 403 | 404 | 412 | 428
[[nodiscard]] Response delete_comment(Call const& call);
// POST /v1/sessions/{session}/comments/{comment}:resolve {"render": id} -> 200 | 404
[[nodiscard]] Response resolve_comment(Call const& call);
// POST /v1/sessions/{session}/comments/{comment}:reopen -> 200 | 404
[[nodiscard]] Response reopen_comment(Call const& call);

/// A comment as the API shows it.
[[nodiscard]] boost::json::object comment_json(Row const& row);

} // namespace stemlathe::service
