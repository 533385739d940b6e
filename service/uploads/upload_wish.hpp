#pragma once

#include "service/api/call.hpp"
#include "service/uploads/upload_rows.hpp"

#include <cstdint>

namespace stemlathe::service {

/// What the head of POST /v1/uploads asks for, checked.
struct UploadWish {
    Upload upload{};        ///< not in the database yet
    std::int64_t freed = 0; ///< bytes of the parts that a final one uses up
};

/// @throws Problem{bad_request} a field is malformed or missing; {not_found} the session or a
/// partial upload is not there for the caller; {conflict} a partial upload is not complete, or the
/// session has all the stems it may; {gone} a partial upload was used up; {too_large}
[[nodiscard]] UploadWish read_upload_wish(Call const& call);

} // namespace stemlathe::service
