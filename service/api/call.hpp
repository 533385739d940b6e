#pragma once

#include "service/api/principal.hpp"
#include "service/api/services.hpp"
#include "service/http/message.hpp"

#include <cstdint>

namespace stemlathe::service {

/// One request on its way through the API: what was asked, by whom, and what answers it. A call
/// that changes something runs inside one transaction, which is committed if it is answered well.
struct Call {
    Request const& request;
    Principal const& who;
    Services& services;

    [[nodiscard]] Database& database() const noexcept {
        return services.database;
    }
};

} // namespace stemlathe::service
