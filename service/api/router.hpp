#pragma once

#include "service/api/call.hpp"
#include "service/api/principal.hpp"
#include "service/http/message.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// How an operation takes its body.
enum class BodyKind : std::uint8_t { none, document, form, upload };

/// Whether an operation wants an Idempotency-Key. Once: its answer holds a secret, which is kept
/// nowhere, so a repeated request is refused instead of answered alike.
enum class KeyRule : std::uint8_t { optional, required, once };

/// Work that would hold up everybody on the application thread: done on a blob thread, with the
/// request's whole body. @returns what the operation finds as Request::prepared
using Preparation = std::function<std::string(std::string const& body)>;

/// One operation of the API. `/openapi.json` describes the same ones; a test compares them.
struct Route {
    Method method{};
    std::string_view pattern{}; ///< "/v1/sessions/{session}"; "{name...}" takes the rest
    Response (*answer)(Call const&) = nullptr;
    Rank rank = Rank::client; ///< the lowest that may
    std::string_view scope{}; ///< of tokens
    std::string_view right{}; ///< of share links; empty: none has it
    BodyKind body = BodyKind::none;
    KeyRule key = KeyRule::optional;
    Preparation (*prepare)(Call const&) = nullptr; ///< asked on admission, by the head alone
    bool is_open_here = false; ///< whoever asks from this very machine needs no token
};

struct RouteMatch {
    Route const* route = nullptr;  ///< nullptr: none
    std::vector<Method> allowed{}; ///< of the path, where the method was wrong
    std::map<std::string, std::string, std::less<>> values{};
};

/// HEAD is answered by GET's route.
[[nodiscard]] RouteMatch
match_route(std::span<Route const> routes, Method method, std::string_view path);

} // namespace stemlathe::service
