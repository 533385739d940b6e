#include "service/blobs/garbage.hpp"

#include "service/store/crash_point.hpp"

#include <string>
#include <vector>

namespace stemlathe::service {

namespace {

/// Who refers to blob b. $1: how long a deleted stem still counts.
constexpr std::string_view kUnreferenced =
    " NOT EXISTS(SELECT 1 FROM output o WHERE o.digest = b.digest)"
    " AND NOT EXISTS(SELECT 1 FROM stem s WHERE s.digest = b.digest"
    "  AND (s.deleted IS NULL OR s.deleted > now_ms() - $1))"
    " AND NOT EXISTS(SELECT 1 FROM upload u WHERE u.digest = b.digest"
    "  AND u.state IN('receiving', 'complete'))";

std::int64_t ms_of(std::chrono::milliseconds time) {
    return time.count();
}

void mark(Database& database, GarbageRules const& rules) {
    Transaction transaction{database};
    database.query(
        "UPDATE blob SET state = 'deleting' WHERE digest IN(SELECT b.digest FROM blob b"
        " WHERE b.state = 'live' AND b.last_ref <= now_ms() - $2 AND" +
            std::string{kUnreferenced} + " ORDER BY b.last_ref LIMIT 100)",
        {ms_of(rules.deleted), ms_of(rules.unreferenced)}
    );
    crash_point(CrashSite::garbage_before_mark);
    transaction.commit();
    crash_point(CrashSite::garbage_after_mark);
}

/// The row follows its file, unless a job has published the blob again meanwhile.
void settle(Database& database, std::string const& digest, bool is_gone) {
    Transaction transaction{database};
    if (is_gone) {
        database.query("DELETE FROM blob WHERE digest = $1 AND state = 'deleting'", {digest});
    } else {
        database.query(
            "UPDATE blob SET state = 'live', last_ref = now_ms()"
            " WHERE digest = $1 AND state = 'deleting'",
            {digest}
        );
    }
    crash_point(CrashSite::garbage_before_row);
    transaction.commit();
    crash_point(CrashSite::garbage_after_row);
}

} // namespace

std::int64_t
collect_garbage(WithDatabase const& with_database, BlobStore& blobs, GarbageRules const& rules) {
    std::vector<std::string> marked;
    with_database([&](Database& database) {
        mark(database, rules);
        for (auto const& row : database.query(
                 "SELECT digest FROM blob WHERE state = 'deleting' ORDER BY digest LIMIT 100"
             )) {
            marked.push_back(row.text("digest"));
        }
    });
    std::int64_t removed = 0;
    for (auto const& digest : marked) {
        bool const is_gone = blobs.remove(digest, rules.unreferenced);
        with_database([&](Database& database) { settle(database, digest, is_gone); });
        removed += is_gone ? 1 : 0;
    }
    return removed;
}

std::int64_t remove_unknown_blobs(
    WithDatabase const& with_database, BlobStore& blobs, GarbageRules const& rules
) {
    std::int64_t removed = 0;
    for (auto const& digest : blobs.older_than(rules.unreferenced)) {
        bool is_known = true;
        with_database([&](Database& database) {
            is_known =
                !database.query("SELECT 1 AS one FROM blob WHERE digest = $1", {digest}).empty();
        });
        removed += !is_known && blobs.remove(digest, rules.unreferenced) ? 1 : 0;
    }
    return removed;
}

} // namespace stemlathe::service
