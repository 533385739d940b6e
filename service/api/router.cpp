#include "service/api/router.hpp"

#include <algorithm>
#include <optional>

namespace stemlathe::service {

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

/// The next segment of a path without its slash; `path` begins behind it afterwards.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    auto const end = std::min(path.find('/'), path.size());
    auto const segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

/// Matches one segment: words as they are, "{name}" any text that is not empty, also before a
/// ":verb".
bool matches(std::string_view pattern, std::string_view segment, Values& values) {
    if (!pattern.starts_with('{')) {
        return pattern == segment;
    }
    auto const close = pattern.find('}');
    auto const verb = pattern.substr(close + 1);
    if (!segment.ends_with(verb) || segment.size() == verb.size()) {
        return false;
    }
    auto const value = segment.substr(0, segment.size() - verb.size());
    if (verb.empty() && value.find(':') != std::string_view::npos) {
        return false; // a verb that this pattern does not have
    }
    values.emplace(pattern.substr(1, close - 1), value);
    return true;
}

std::optional<Values> match_path(std::string_view pattern, std::string_view path) {
    Values values;
    while (!pattern.empty() && !path.empty()) {
        auto const wanted = take_segment(pattern);
        if (wanted.ends_with("...}")) {
            values.emplace(wanted.substr(1, wanted.size() - 5), path.substr(1));
            return path.size() > 1 ? std::optional{values} : std::nullopt;
        }
        if (!matches(wanted, take_segment(path), values)) {
            return std::nullopt;
        }
    }
    return pattern.empty() && path.empty() ? std::optional{values} : std::nullopt;
}

} // namespace

RouteMatch match_route(std::span<Route const> routes, Method method, std::string_view path) {
    RouteMatch match;
    for (auto const& route : routes) {
        auto values = match_path(route.pattern, path);
        if (!values) {
            continue;
        }
        bool const is_head_of = method == Method::head && route.method == Method::get;
        if (route.method == method || (is_head_of && match.route == nullptr)) {
            match.route = &route;
            match.values = std::move(*values);
            if (route.method == method) {
                return match;
            }
        }
        match.allowed.push_back(route.method);
    }
    return match;
}

} // namespace stemlathe::service
