#pragma once

#include "service/blobs/blob_store.hpp"

#include <cstdint>
#include <string>

namespace stemlathe::service {

/// Copies a blob into another store, unless it is there with its size. Its bytes are hashed on the
/// way and once more where they arrive.
/// @returns whether it was copied
/// @throws Failure{not_found} `from` does not have it; {storage_failed} it does not have its bytes
/// any more, or a disk failed; {storage_full}
bool copy_blob(
    BlobSource const& from, BlobStore& to, std::string const& digest, std::int64_t bytes
);

} // namespace stemlathe::service
