#pragma once

#include "service/agent/render_slot.hpp"
#include "service/agent/small_job_slot.hpp"
#include "service/agent/workplace.hpp"

#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace stemlathe::service {

/// The worker: a thread and an executor for each device, a thread for probes, and one that takes
/// care of the rest: leases that ran out, and the worker's row in the database.
class Agent {
  public:
    /// Starts working at once. Folders that jobs left behind are swept first.
    /// @param queue   used within on_store only, as is its database
    /// @param probe   does jobs of the kind "probe"; empty: they are left to other workers
    /// @throws Failure{storage_full, storage_failed}
    Agent(
        AgentSettings settings, BlobStore& blobs, JobQueue& queue, OnStore on_store, SmallJob probe
    );
    Agent(Agent const&) = delete;
    Agent& operator=(Agent const&) = delete;
    /// As `drain` without patience: what is running is given back.
    ~Agent();

    /// There is a new job. From any thread.
    void work_arrived() noexcept;

    /// Takes no new jobs, lets those that run finish within the drain time, gives back the others
    /// and returns when nothing is left. on_store must work until then.
    void drain();

    /// The processes of the executors that render, 0 for one that is being replaced, then of those
    /// that make what a browser plays. For tests, which kill them.
    [[nodiscard]] std::vector<pid_t> executors() const;

  private:
    [[nodiscard]] bool has_ended() const;
    void wait_for_end(std::chrono::milliseconds time);
    void take_care(std::stop_token const& stop);
    void reap();
    void sign_in();
    void sign_out() noexcept;
    void sweep();

    Workplace workplace_;
    std::vector<std::unique_ptr<RenderSlot>> slots_{};
    std::unique_ptr<SmallJobSlot> probes_{};
    std::jthread caretaker_; ///< last: it uses all of the above
};

} // namespace stemlathe::service
