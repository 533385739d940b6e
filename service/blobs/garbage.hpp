#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/store/database.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace stemlathe::service {

struct GarbageRules {
    std::chrono::milliseconds unreferenced = std::chrono::hours{24}; ///< then it may go
    std::chrono::milliseconds deleted =
        std::chrono::hours{30 * 24}; ///< so long a stem is in the bin
};

/// Runs its argument where the database lives and waits for it; what it throws is thrown here.
using WithDatabase = std::function<void(std::function<void(Database&)> const&)>;

/// Removes blobs that nothing refers to: marks them (commit), unlinks, drops the row (commit).
/// Whatever dies in between, the next call goes on from there; at most a hundred at a time. Removes
/// them where the caller stands, for a bucket may keep him waiting.
/// @returns how many were removed; call it until 0
std::int64_t
collect_garbage(WithDatabase const& with_database, BlobStore& blobs, GarbageRules const& rules);

/// Removes blobs that the database does not know: published, but whoever did died before he could
/// say so. Reads every folder of the store, where the caller stands: once a day, and not where
/// others wait. @returns how many
std::int64_t remove_unknown_blobs(
    WithDatabase const& with_database, BlobStore& blobs, GarbageRules const& rules
);

} // namespace stemlathe::service
