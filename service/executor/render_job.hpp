#pragma once

#include "host/run.hpp"
#include "kernels/backend.hpp"
#include "service/executor/order.hpp"

#include <boost/json/object.hpp>

namespace stemlathe::service {

/// Does what the order says; its results lie in order.out when it returns.
/// @returns what became of it, for the job's row: see result_json.hpp
/// @throws IntakeRefused and every Failure of its steps
[[nodiscard]] boost::json::object do_order(Order const& order, Backend& backend, Run& run);

} // namespace stemlathe::service
