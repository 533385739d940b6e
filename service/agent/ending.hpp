#pragma once

#include "service/agent/card_memory.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace stemlathe::service {

/// How the work on a lease ended, before the queue hears of it.
struct Ending {
    enum class Kind : std::uint8_t {
        done,      ///< `result` says what was made
        failed,    ///< `code` and `sentence` say why
        cancelled, ///< as somebody asked
        released,  ///< unfinished, because the worker goes
        lost,      ///< the lease is gone: the queue need not hear of it
    };

    Kind kind = Kind::failed;
    boost::json::object result{};
    std::string code{};
    std::string sentence{};
    std::optional<CardMemory> memory = std::nullopt; ///< of its card, where the executor told
    bool is_executor_spent = false;                  ///< it crashed, or had to be killed
};

} // namespace stemlathe::service
