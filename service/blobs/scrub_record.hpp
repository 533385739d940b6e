#pragma once

#include "service/store/database.hpp"

#include <cstdint>
#include <optional>

namespace stemlathe::service {

/// When all files were read last, and what was found.
struct ScrubRecord {
    std::int64_t finished_ms = 0; ///< by the database's clock, since 1970
    std::int64_t files = 0;
    std::int64_t bytes = 0;
    std::int64_t damaged = 0; ///< of the files: missing, or with other bytes
};

/// Notes that a scrub is done, now. Within the caller's transaction. @returns it with its time
ScrubRecord note_scrub(Database& database, ScrubRecord const& done);

/// The last one; nothing: there was none.
[[nodiscard]] std::optional<ScrubRecord> last_scrub(Database& database);

} // namespace stemlathe::service
