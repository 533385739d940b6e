#include "service/api/principal.hpp"

#include <algorithm>
#include <array>

namespace stemlathe::service {

std::string_view name_of(Rank rank) noexcept {
    constexpr std::array<std::string_view, 5> kNames{
        "anonymous", "reviewer", "client", "engineer", "owner"};
    return kNames[static_cast<std::size_t>(rank)];
}

bool Principal::sees_tenant(std::string_view owner) const noexcept {
    return is_house() || (rank == Rank::client && tenant == owner);
}

bool Principal::sees_session(std::string_view owner, std::string_view session_id) const {
    return sees_tenant(owner) || (rank == Rank::reviewer && session == session_id);
}

bool Principal::has_scope(std::string_view scope) const {
    return std::ranges::any_of(scopes, [&](std::string const& has) {
        return has == "*" || has == scope;
    });
}

bool Principal::has_right(std::string_view right) const {
    return rank >= Rank::client || std::ranges::find(rights, right) != rights.end();
}

} // namespace stemlathe::service
