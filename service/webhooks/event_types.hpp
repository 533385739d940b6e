#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Which events a webhook hears of.
namespace stemlathe::service {

/// What happens, and may be asked for by name.
[[nodiscard]] std::span<std::string_view const> event_types() noexcept;

/// What else may be asked for: "*", and "render.*" and the like.
[[nodiscard]] std::span<std::string_view const> event_groups() noexcept;

/// Sent by `:test`, to the one webhook that is tested, whatever it hears of.
inline constexpr std::string_view kTestEvent = "webhook.test";

/// Whether a webhook with these types hears of an event. "*" is everything but progress, which
/// comes several times a second and must be asked for by its name.
[[nodiscard]] bool hears(std::span<std::string const> types, std::string_view event) noexcept;

} // namespace stemlathe::service
