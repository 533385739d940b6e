#include "service/blobs/scrub_record.hpp"

#include <fmt/format.h>

#include <sstream>

namespace stemlathe::service {

ScrubRecord note_scrub(Database& database, ScrubRecord const& done) {
    auto record = done;
    record.finished_ms = database.query("SELECT now_ms() AS now").front().integer("now");
    database.query(
        "INSERT INTO installation(name, value) VALUES('scrub', $1) "
        "ON CONFLICT(name) DO UPDATE SET value=excluded.value",
        {fmt::format("{} {} {} {}", record.finished_ms, record.files, record.bytes, record.damaged)}
    );
    return record;
}

std::optional<ScrubRecord> last_scrub(Database& database) {
    auto const rows = database.query("SELECT value FROM installation WHERE name='scrub'");
    if (rows.empty()) {
        return std::nullopt;
    }
    std::istringstream text{rows.front().text("value")};
    ScrubRecord record;
    text >> record.finished_ms >> record.files >> record.bytes >> record.damaged;
    return record;
}

} // namespace stemlathe::service
