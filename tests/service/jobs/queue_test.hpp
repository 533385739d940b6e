#pragma once

#include "service/jobs/job_queue.hpp"
#include "service/store/events.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stemlathe::test {

/// A queue with two clients, on one of the databases, with a clock of the test's own.
template <typename Store>
class QueueTest : public ::testing::Test {
  protected:
    QueueTest() {
        add_tenant(database, "anna");
        add_tenant(database, "bert");
    }

    std::string enqueue(service::NewJob const& job) {
        service::Transaction transaction{database};
        auto id = queue.enqueue(job);
        transaction.commit();
        return id;
    }

    std::string enqueue_for(
        std::string const& tenant,
        std::string const& klass = "normal",
        std::int64_t cost_ms = 10'000
    ) {
        return enqueue({.tenant = tenant, .klass = klass, .spec = "{}", .cost_ms = cost_ms});
    }

    std::optional<service::Lease> claim(std::string const& owner = "w1") {
        return queue.claim({.owner = owner, .kinds = {"render"}});
    }

    std::string state_of(std::string const& job) {
        return queue.find(job)->state;
    }

    std::vector<std::string> event_types() {
        std::vector<std::string> types;
        for (auto const& event : service::events_after(database, {}, 0, 1'000)) {
            types.push_back(event.type);
        }
        return types;
    }

    void let_all_run(std::int64_t count) {
        database.query("UPDATE tenant SET max_running = $1, max_queued = $1", {count});
    }

    Store store;
    service::Database& database = store.database();
    std::vector<service::JobEnd> ends;
    service::JobQueue queue{
        database,
        {.queued_cost_ms_max = std::int64_t{1} << 50U},
        [this](service::Database&, service::JobEnd const& end) {
            ends.push_back(end);
        }};
};

} // namespace stemlathe::test
