#pragma once

#include "service/agent/agent_settings.hpp"
#include "service/agent/bell.hpp"
#include "service/blobs/blob_store.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/database.hpp"

#include <atomic>
#include <functional>

namespace stemlathe::service {

/// Runs its argument where the database lives and waits for it; what it throws is thrown here.
using OnStore = std::function<void(std::function<void(Database&)> const&)>;

/// What the threads of a worker share.
struct Workplace {
    AgentSettings const settings{};
    BlobStore& blobs;
    JobQueue& queue; ///< touched within on_store only
    OnStore on_store{};
    Bell bell{};                          ///< there may be work, or it is time to go
    std::atomic<bool> is_draining{false}; ///< no new leases
    std::atomic<bool> is_over{false};     ///< give back what is still running

    /// What `work` returns, asked of the queue where the database lives.
    template <typename Work>
    [[nodiscard]] auto ask(Work const& work) {
        decltype(work(queue)) answer{};
        on_store([&](Database&) { answer = work(queue); });
        return answer;
    }
};

} // namespace stemlathe::service
