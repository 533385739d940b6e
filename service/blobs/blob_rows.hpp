#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/store/database.hpp"

#include <optional>

/// What the database knows of blobs. All within the caller's transaction, in which he also refers
/// to the blob (a row of output, stem or upload): what nobody refers to is garbage after a day.
namespace stemlathe::service {

/// Says that the blob is there. Only after `publish` of the same bytes.
void note_blob(Database& database, Blob const& blob);

/// Takes a further reference to a blob that was not published for it.
/// @returns false: there is no such blob, or it is being removed; publish it
[[nodiscard]] bool keep_blob(Database& database, std::string const& digest);

[[nodiscard]] std::optional<Blob> find_blob(Database& database, std::string const& digest);

} // namespace stemlathe::service
