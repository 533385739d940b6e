#pragma once

#include "service/blobs/blob_source.hpp"
#include "service/store/database.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace stemlathe::service {

/// A blob that the database knows.
struct KnownBlob {
    std::string digest{};
    std::int64_t bytes = 0;
    bool is_referenced = false; ///< else it is garbage that has not been collected yet
};

/// Calls `work` with each blob that is live, by digest, some hundreds read at a time.
void each_known_blob(Database& database, std::function<void(KnownBlob const&)> const& work);

/// A blob that is not what it should be.
struct BlobFault {
    std::string digest{};
    std::int64_t bytes = 0;
    std::string sentence{};                ///< "is missing", "has other bytes ..."
    std::vector<std::string> references{}; ///< "masters/cd/song.wav of render rnd_..., session ..."
};

struct ScrubReport {
    std::int64_t blobs = 0; ///< that are referenced; all of them were read
    std::int64_t bytes = 0;
    std::vector<BlobFault> faults{};
    std::vector<std::string> unreferenced{}; ///< digests that are kept, and that nothing refers to
};

/// What the database says of a digest: the outputs, stems and uploads that need it.
[[nodiscard]] std::vector<std::string> references_of(Database& database, std::string const& digest);

/// Reads every referenced blob from its first byte to its last, where it is kept, and hashes it.
/// @throws Failure{cancelled}, StoreUnavailable; what cannot be read is a fault of its blob
[[nodiscard]] ScrubReport
scrub(Database& database, BlobSource const& blobs, std::stop_token const& stop);

} // namespace stemlathe::service
