#pragma once

#include "service/agent/ending.hpp"
#include "service/agent/executor_process.hpp"
#include "service/agent/lease_keeper.hpp"
#include "service/agent/workplace.hpp"
#include "service/executor/order.hpp"

namespace stemlathe::service {

/// Has an executor do an order, and watches: that it gets on, that the lease stands, that nobody
/// cancelled, that the worker stays. An executor that is not heard of, does not obey or talks
/// nonsense is killed.
[[nodiscard]] Ending
supervise(Workplace& workplace, ExecutorProcess& executor, Order const& order, LeaseKeeper& keeper);

} // namespace stemlathe::service
