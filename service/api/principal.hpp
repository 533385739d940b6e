#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// What somebody may do at most, lowest first. Owners and engineers belong to the house and see all
/// clients; a client sees its own; a reviewer has a share link and sees one session.
enum class Rank : std::uint8_t { anonymous, reviewer, client, engineer, owner };

[[nodiscard]] std::string_view name_of(Rank rank) noexcept;

/// The house's own tenant.
inline constexpr std::string_view kHouse = "house";

/// Who makes a request.
struct Principal {
    Rank rank = Rank::anonymous;
    std::string tenant{};
    std::string id{};   ///< of the token or the share link
    std::string name{}; ///< as comments and approvals show it
    std::vector<std::string> scopes{};
    std::string session{};             ///< reviewers: the only session they see
    std::string render{};              ///< reviewers: the only revision, where the link is for one
    std::vector<std::string> rights{}; ///< reviewers: listen, comment, approve, download

    [[nodiscard]] bool is_house() const noexcept {
        return rank >= Rank::engineer;
    }

    /// Whether things of `owner` exist for this principal.
    [[nodiscard]] bool sees_tenant(std::string_view owner) const noexcept;
    [[nodiscard]] bool sees_session(std::string_view owner, std::string_view session_id) const;
    [[nodiscard]] bool has_scope(std::string_view scope) const;
    [[nodiscard]] bool has_right(std::string_view right) const;
};

} // namespace stemlathe::service
