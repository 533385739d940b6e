#include "service/audit/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stemlathe::service {

namespace {

std::string missing(std::int64_t first, std::int64_t last) {
    return first == last ? fmt::format("entry {} is missing", first)
                         : fmt::format("entries {} to {} are missing", first, last);
}

} // namespace

AuditChain::AuditChain(std::optional<AuditHead> noted) : noted_{std::move(noted)} {}

std::optional<AuditFault> AuditChain::fault_of(AuditEntry const& entry) const {
    auto const expected = head_.seq + 1;
    if (entry.seq > expected) {
        return AuditFault{
            .seq = expected,
            .sentence = fmt::format(
                "{}: {} follows {}",
                missing(expected, entry.seq - 1),
                entry.seq,
                head_.seq == 0 ? "the beginning" : std::to_string(head_.seq)
            )};
    }
    if (entry.seq < expected) {
        return AuditFault{
            .seq = entry.seq, .sentence = fmt::format("entry {} is there twice", entry.seq)};
    }
    if (hash_of(entry) != entry.hash) {
        return AuditFault{
            .seq = entry.seq,
            .sentence = fmt::format(
                "entry {} was changed after it was written: its fields do not have its hash",
                entry.seq
            )};
    }
    if (entry.prev_hash != head_.hash) {
        return AuditFault{
            .seq = std::max(head_.seq, std::int64_t{1}),
            .sentence = fmt::format(
                "entry {} does not continue entry {}: one of them was written anew",
                entry.seq,
                head_.seq
            )};
    }
    if (noted_ && entry.seq == noted_->seq && entry.hash != noted_->hash) {
        return AuditFault{
            .seq = entry.seq,
            .sentence = fmt::format(
                "entry {} is not the one whose head was noted: it, or one before it, was written "
                "anew with all that follow",
                entry.seq
            )};
    }
    return std::nullopt;
}

void AuditChain::add(AuditEntry const& entry) {
    ++entries_;
    if (!fault_) {
        fault_ = fault_of(entry);
        head_ = {.seq = entry.seq, .hash = entry.hash};
    }
}

std::optional<AuditFault> AuditChain::fault() const {
    if (!fault_ && noted_ && head_.seq < noted_->seq) {
        return AuditFault{
            .seq = head_.seq + 1,
            .sentence = fmt::format(
                "{}: the log ends with entry {}, and a head was noted at {}",
                missing(head_.seq + 1, noted_->seq),
                head_.seq,
                noted_->seq
            )};
    }
    return fault_;
}

} // namespace stemlathe::service
