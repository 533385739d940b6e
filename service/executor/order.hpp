#pragma once

#include <boost/json/object.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// How the two files are called that an order of the kind `compare` finds in its folder.
inline constexpr std::array<std::string_view, 2> kComparedFiles{"a.wav", "b.wav"};

/// What an executor is told to do.
struct Order {
    std::string job{};               ///< its id; answers name it
    std::string kind = "render";     ///< render, analysis, review, compare
    std::filesystem::path folder{};  ///< the session: stems and session.toml
    std::filesystem::path out{};     ///< where the results go
    std::filesystem::path scratch{}; ///< for audio that does not fit in memory
    std::string plan = "null";       ///< JSON; null: everything automatic
    std::vector<std::string> deliveries{};
    std::optional<double> from_s = std::nullopt;
    std::optional<double> to_s = std::nullopt;
    bool apply_comments = false;
    std::string source{}; ///< of a review: the master to be played, relative to `out`
};

[[nodiscard]] boost::json::object to_json(Order const& order);

/// @throws Failure{internal} the message is no order
[[nodiscard]] Order order_of(boost::json::object const& message);

} // namespace stemlathe::service
