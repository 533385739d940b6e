#pragma once

#include "service/http/body.hpp"
#include "service/http/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// What a response's head says besides the application's own fields.
struct HeadContext {
    Method method = Method::get; ///< of the request
    std::string_view request_id{};
    bool keeps_alive = false;
    bool is_secure = false; ///< Request::is_secure
    std::chrono::system_clock::time_point now{};
};

/// Status line, fields and empty line (RFC 9112, 4). Date, Connection, Content-Length and
/// X-Request-Id are the front's own; the security fields of the policy (HSTS of what came encrypted
/// among them), `Cache-Control: no-store` and the type of event streams stand unless the
/// application says otherwise. A field that is no field (an empty name, a control character) is
/// left out: a response cannot be split by its values.
[[nodiscard]] std::string response_head(Response const& response, HeadContext const& context);

/// Whether bytes follow the head: not for HEAD, 204 and 304 (RFC 9110, 6.4.1).
[[nodiscard]] bool has_body(Response const& response, Method method) noexcept;

} // namespace stemlathe::service
