#include "service/blobs/blob_rows.hpp"

#include "kernels/base/assert.hpp"

namespace stemlathe::service {

void note_blob(Database& database, Blob const& blob) {
    STEMLATHE_ASSERT(database.in_transaction());
    auto const rows = database.query(
        "INSERT INTO blob(digest, bytes, crc32, state, last_ref)"
        " VALUES($1, $2, $3, 'live', now_ms())"
        " ON CONFLICT(digest) DO UPDATE SET state = 'live', last_ref = now_ms() RETURNING bytes",
        {blob.digest, blob.bytes, std::int64_t{blob.crc32}}
    );
    STEMLATHE_ASSERT(rows.front().integer("bytes") == blob.bytes);
}

bool keep_blob(Database& database, std::string const& digest) {
    STEMLATHE_ASSERT(database.in_transaction());
    return !database
                .query(
                    "UPDATE blob SET last_ref = now_ms() WHERE digest = $1 AND state = 'live'"
                    " RETURNING digest",
                    {digest}
                )
                .empty();
}

std::optional<Blob> find_blob(Database& database, std::string const& digest) {
    auto const rows = database.query(
        "SELECT bytes, crc32 FROM blob WHERE digest = $1 AND state = 'live'", {digest}
    );
    if (rows.empty()) {
        return std::nullopt;
    }
    return Blob{
        .digest = digest,
        .bytes = rows.front().integer("bytes"),
        .crc32 = static_cast<std::uint32_t>(rows.front().integer("crc32"))};
}

} // namespace stemlathe::service
