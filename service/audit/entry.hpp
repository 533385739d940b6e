#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The audit log: who did what, when and from where, each entry chained to the one before.
namespace stemlathe::service {

/// One line of the log. Texts are empty where there is nothing to say; no secret is ever in them.
struct AuditEntry {
    std::int64_t seq = 0;    ///< 1, 2, ... without gaps
    std::int64_t at_ms = 0;  ///< by the database's clock, since 1970
    std::string actor{};     ///< id of the token or link; "admin": of the environment; "nobody"
    std::string name{};      ///< of the token, or the link's recipient
    std::string role{};      ///< owner, engineer, client, reviewer, anonymous, service
    std::string client{};    ///< whose thing it is about
    std::string peer{};      ///< the address it came from
    std::string request{};   ///< the request's id, as in the log
    std::string action{};    ///< "token.created"; README.md lists all
    std::string subject{};   ///< the id of what it is about
    std::string detail{};    ///< a JSON object
    std::string prev_hash{}; ///< `hash` of the entry before; 64 zeros in the first
    std::string hash{};      ///< see hash_of
};

/// `prev_hash` of the first entry.
[[nodiscard]] std::string first_prev_hash();

/// What is hashed of an entry besides prev_hash: a JSON array without white space of seq, at_ms,
/// actor, name, role, client, peer, request, action, subject, detail, in this order; detail as the
/// text that it is.
[[nodiscard]] std::string canonical_text(AuditEntry const& entry);

/// SHA-256 of prev_hash and the canonical text, one behind the other: 64 hexadecimal digits.
[[nodiscard]] std::string hash_of(AuditEntry const& entry);

/// The last entry of a log by number and hash: noted outside, it proves that nothing was cut off.
struct AuditHead {
    std::int64_t seq = 0; ///< 0: the log is empty
    std::string hash = first_prev_hash();
};

/// "17:ab12..."
[[nodiscard]] std::string text_of(AuditHead const& head);

/// @throws Failure{invalid_argument} it is not the text of a head
[[nodiscard]] AuditHead parse_audit_head(std::string_view text);

} // namespace stemlathe::service
