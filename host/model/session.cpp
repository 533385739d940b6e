#include "host/model/session.hpp"

#include <array>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::array<std::pair<Role, std::string_view>, 6> kRoles{{
    {Role::drums, "drums"},
    {Role::bass, "bass"},
    {Role::vocals, "vocals"},
    {Role::instruments, "instruments"},
    {Role::fx, "fx"},
    {Role::other, "other"},
}};

} // namespace

std::string_view name_of(Role role) noexcept {
    for (auto const& [candidate, name] : kRoles) {
        if (candidate == role) {
            return name;
        }
    }
    return "other";
}

std::optional<Role> role_named(std::string_view name) noexcept {
    for (auto const& [role, candidate] : kRoles) {
        if (candidate == name) {
            return role;
        }
    }
    return std::nullopt;
}

std::string_view name_of(Severity severity) noexcept {
    switch (severity) {
    case Severity::info:
        return "info";
    case Severity::warn:
        return "warn";
    case Severity::refuse:
        return "refuse";
    }
    return "info";
}

} // namespace stemlathe
