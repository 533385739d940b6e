#include "service/blobs/scrub.hpp"

#include "formats/checksum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kBatch = 500;

void add_texts(std::vector<std::string>& to, Rows const& rows) {
    for (auto const& row : rows) {
        to.push_back(row.text("words"));
    }
}

bool is_live(Database& database, std::string const& digest) {
    return !database
                .query("SELECT 1 AS one FROM blob WHERE digest = $1 AND state = 'live'", {digest})
                .empty();
}

/// What is wrong with the blob; empty: nothing.
std::string fault_of(BlobSource const& blobs, KnownBlob const& blob) {
    try {
        Sha256 sum;
        blobs.read(blob.digest, blob.bytes, [&](std::span<std::byte const> bytes) {
            sum.update(bytes);
        });
        auto const found = sum.finish();
        return found == blob.digest ? std::string{}
                                    : fmt::format("has other bytes: they hash to {}", found);
    } catch (StoreUnavailable const&) {
        throw; // of no blob, but of all
    } catch (Failure const& failure) {
        return failure.code() == Code::not_found ? std::string{"is missing"}
                                                 : std::string{failure.what()};
    }
}

/// What is kept, however young it is. @param referenced  sorted
std::vector<std::string>
unreferenced_in(BlobSource const& blobs, std::vector<std::string> const& referenced) {
    constexpr std::chrono::hours kOfTheFuture{-24}; // clocks differ
    std::vector<std::string> spare;
    std::ranges::set_difference(
        blobs.older_than(kOfTheFuture), referenced, std::back_inserter(spare)
    );
    return spare;
}

} // namespace

void each_known_blob(Database& database, std::function<void(KnownBlob const&)> const& work) {
    std::string last;
    for (;;) {
        auto const rows = database.query(
            "SELECT b.digest, b.bytes, CASE WHEN"
            " EXISTS(SELECT 1 FROM output o WHERE o.digest = b.digest)"
            " OR EXISTS(SELECT 1 FROM stem s WHERE s.digest = b.digest)"
            " OR EXISTS(SELECT 1 FROM upload u WHERE u.digest = b.digest"
            "  AND u.state IN('receiving', 'complete')) THEN 1 ELSE 0 END AS referenced"
            " FROM blob b WHERE b.state = 'live' AND b.digest > $1 ORDER BY b.digest LIMIT $2",
            {last, kBatch}
        );
        for (auto const& row : rows) {
            work(
                {.digest = row.text("digest"),
                 .bytes = row.integer("bytes"),
                 .is_referenced = row.integer("referenced") != 0}
            );
            last = row.text("digest");
        }
        if (rows.empty()) {
            return;
        }
    }
}

std::vector<std::string> references_of(Database& database, std::string const& digest) {
    std::vector<std::string> references;
    add_texts(
        references,
        database.query(
            "SELECT o.name || ' of ' || coalesce('render ' || r.id || ', session ' || r.session, "
            "'job ' || o.job) AS words FROM output o LEFT JOIN render r ON r.job = o.job "
            "WHERE o.digest = $1 ORDER BY words",
            {digest}
        )
    );
    add_texts(
        references,
        database.query(
            "SELECT filename || ', ' || kind || ' ' || id || ' of session ' || session || "
            "CASE WHEN deleted IS NULL THEN '' ELSE ' (deleted)' END AS words FROM stem "
            "WHERE digest = $1 ORDER BY words",
            {digest}
        )
    );
    add_texts(
        references,
        database.query(
            "SELECT 'upload ' || id AS words FROM upload WHERE digest = $1 "
            "AND state IN('receiving', 'complete') ORDER BY words",
            {digest}
        )
    );
    return references;
}

ScrubReport scrub(Database& database, BlobSource const& blobs, std::stop_token const& stop) {
    ScrubReport report;
    std::vector<std::string> referenced;
    each_known_blob(database, [&](KnownBlob const& blob) {
        if (stop.stop_requested()) {
            throw Failure{
                Code::cancelled,
                fmt::format(
                    "interrupted after {} blobs, {} of them damaged",
                    report.blobs,
                    report.faults.size()
                )};
        }
        if (!blob.is_referenced) {
            return;
        }
        referenced.push_back(blob.digest);
        ++report.blobs;
        report.bytes += blob.bytes;
        // Asked again: on a database in use it may have been collected meanwhile.
        if (auto sentence = fault_of(blobs, blob);
            !sentence.empty() && is_live(database, blob.digest)) {
            report.faults.push_back(
                {.digest = blob.digest,
                 .bytes = blob.bytes,
                 .sentence = std::move(sentence),
                 .references = references_of(database, blob.digest)}
            );
        }
    });
    report.unreferenced = unreferenced_in(blobs, referenced);
    return report;
}

} // namespace stemlathe::service
