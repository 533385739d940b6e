#include "service/audit/log_table.hpp"

#include "kernels/base/assert.hpp"

namespace stemlathe::service {

namespace {

constexpr std::int64_t kBatch = 500;

AuditEntry entry_of(Row const& row) {
    return {
        .seq = row.integer("seq"),
        .at_ms = row.integer("at"),
        .actor = row.text("actor"),
        .name = row.text("name"),
        .role = row.text("role"),
        .client = row.text("client"),
        .peer = row.text("peer"),
        .request = row.text("request"),
        .action = row.text("action"),
        .subject = row.text("subject"),
        .detail = row.text("detail"),
        .prev_hash = row.text("prev_hash"),
        .hash = row.text("hash")};
}

AuditHead head_of(Rows const& rows) {
    return rows.empty()
               ? AuditHead{}
               : AuditHead{.seq = rows.front().integer("seq"), .hash = rows.front().text("hash")};
}

} // namespace

std::int64_t append_audit(Database& database, AuditEntry entry) {
    STEMLATHE_ASSERT(database.in_transaction());
    auto const last = database
                          .query("SELECT now_ms() AS at, "
                                 "(SELECT max(seq) FROM audit) AS seq, "
                                 "(SELECT hash FROM audit ORDER BY seq DESC LIMIT 1) AS hash")
                          .front();
    entry.seq = last.maybe_integer("seq").value_or(0) + 1;
    entry.prev_hash = last.maybe_text("hash").value_or(first_prev_hash());
    entry.at_ms = last.integer("at");
    entry.hash = hash_of(entry);
    database.query(
        "INSERT INTO audit(seq, at, actor, name, role, client, peer, request, action, subject, "
        "detail, prev_hash, hash) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        {entry.seq,
         entry.at_ms,
         entry.actor,
         entry.name,
         entry.role,
         entry.client,
         entry.peer,
         entry.request,
         entry.action,
         entry.subject,
         entry.detail,
         entry.prev_hash,
         entry.hash}
    );
    return entry.seq;
}

std::vector<AuditEntry>
audit_after(Database& database, std::int64_t seq, std::int64_t limit, AuditFilter const& filter) {
    std::vector<AuditEntry> entries;
    for (auto const& row : database.query(
             "SELECT * FROM audit WHERE seq>$1 AND at>=$2 AND ($3='' OR action=$3) "
             "AND ($4='' OR client=$4) ORDER BY seq LIMIT $5",
             {seq, filter.since_ms, filter.action, filter.client, limit}
         )) {
        entries.push_back(entry_of(row));
    }
    return entries;
}

void each_audit_entry(Database& database, std::function<void(AuditEntry const&)> const& work) {
    // From below 0, for an entry that somebody numbered 0 must not hide.
    std::int64_t last = -1;
    for (;;) {
        auto const entries = audit_after(database, last, kBatch, {.since_ms = INT64_MIN});
        if (entries.empty()) {
            return;
        }
        for (auto const& entry : entries) {
            work(entry);
        }
        last = entries.back().seq;
    }
}

AuditHead audit_head(Database& database) {
    return head_of(database.query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"));
}

} // namespace stemlathe::service
