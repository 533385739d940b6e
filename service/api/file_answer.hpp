#pragma once

#include "service/api/call.hpp"
#include "service/api/stored_file.hpp"
#include "service/http/message.hpp"

#include <string_view>

namespace stemlathe::service {

/// A blob as an answer: whole or a range, with strong ETag, Repr-Digest (RFC 9530) and, where a
/// name is given, as a download under that name (RFC 6266, RFC 8187).
/// What must be fetched from elsewhere comes later.
/// @throws Problem{range_not_satisfiable}, Failure{not_found, storage_failed}
[[nodiscard]] Response file_answer(
    Call const& call, StoredFile const& file, std::string_view media_type, std::string_view name
);

/// "audio/wav", "audio/flac", ... by a file name's ending.
[[nodiscard]] std::string_view media_type_of(std::string_view name) noexcept;

/// `attachment; filename="..."; filename*=UTF-8''...`
[[nodiscard]] std::string attachment(std::string_view name);

} // namespace stemlathe::service
