#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

#include <optional>

/// A repeated request with the same Idempotency-Key gets the first answer again and does nothing
/// (draft-ietf-httpapi-idempotency-key-header-07).
namespace stemlathe::service {

/// The answer that was given before, within the caller's transaction.
/// @throws Problem{bad_request} the key is malformed; {key_reused} it belongs to another request
[[nodiscard]] std::optional<Response> earlier_answer(Call const& call);

/// Keeps the answer with the effect that it tells of, within the same transaction.
void keep_answer(Call const& call, Response const& response);

/// Forgets keys that are past their life.
void forget_old_keys(Database& database);

} // namespace stemlathe::service
