#pragma once

#include "service/agent/lease_keeper.hpp"
#include "service/agent/work_folder.hpp"
#include "service/agent/workplace.hpp"
#include "service/jobs/job_queue.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <utility>

namespace stemlathe::service {

/// A leased job under way, from hand to hand: its lease is kept and its folder stands as long as
/// this does.
struct Work {
    Work(Workplace& workplace, Lease taken) : lease{std::move(taken)}, keeper{workplace, lease} {}

    Lease const lease;
    LeaseKeeper keeper;
    std::unique_ptr<WorkFolder> folder{};
    boost::json::object result{}; ///< what its executor says of it
};

} // namespace stemlathe::service
