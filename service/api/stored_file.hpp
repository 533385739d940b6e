#pragma once

#include "service/blobs/blob_store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace stemlathe::service {

/// A blob as rows of `output` name it.
struct StoredFile {
    std::string digest{};
    std::int64_t bytes = 0;
};

/// Opens a blob for a client who waits, on a thread that may.
/// @throws Problem{unavailable} its store does not answer, or has it damaged: the log says which;
/// Failure{not_found, storage_full}
[[nodiscard]] std::shared_ptr<int const>
opened_soon(BlobStore const& blobs, StoredFile const& file);

/// All of a small one, at most 16 MiB. @throws as above
[[nodiscard]] std::string small_text(BlobStore const& blobs, StoredFile const& file);

} // namespace stemlathe::service
