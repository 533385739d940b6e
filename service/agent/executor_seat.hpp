#pragma once

#include "service/agent/card_memory.hpp"
#include "service/agent/device_health.hpp"
#include "service/agent/ending.hpp"
#include "service/agent/executor_process.hpp"
#include "service/agent/workplace.hpp"

#include <boost/json/object.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace stemlathe::service {

/// Where an executor sits: one is started when it is asked for, and another where it broke. While
/// its card is in quarantine one for the CPU sits there. To be used by one thread, with which the
/// executor dies; what it is may be asked from others.
class ExecutorSeat {
  public:
    ExecutorSeat(Workplace& workplace, std::string device, int threads);
    ExecutorSeat(ExecutorSeat const&) = delete;
    ExecutorSeat& operator=(ExecutorSeat const&) = delete;
    ~ExecutorSeat() = default;

    /// Starts one where there is none. @returns false: there is none that works
    /// @param given_up  true once nobody waits for it any more
    [[nodiscard]] bool is_taken(std::atomic<bool> const& given_up);

    /// Whether its card has room for a render now (kRoomNeeded_bytes, of a
    /// small card half of what it has); a processor always has. What
    /// is free changes with whatever else uses the card. Call after is_taken.
    [[nodiscard]] bool has_room();

    /// The one that is_taken spoke of.
    [[nodiscard]] ExecutorProcess& executor() noexcept {
        return *executor_;
    }

    /// Hears how an order of this job ended: what is spent is replaced.
    void hear(Ending const& ending, std::string const& job);

    /// Waits, after one that broke, so that what breaks at once does not break all the time.
    void rest();

    void clear() noexcept;

    [[nodiscard]] std::string const& device() const noexcept {
        return device_;
    }

    /// What it computes on: {"device", "name", "backend"}, of a card its "memory" (`free_mib`,
    /// `total_mib`) as it was last told; or why it does not compute.
    [[nodiscard]] boost::json::object shown() const;

    /// The executor's process, 0 while there is none.
    [[nodiscard]] pid_t pid() const noexcept {
        return pid_;
    }

  private:
    [[nodiscard]] std::string const& device_in_use() const;
    [[nodiscard]] bool is_well();
    void judge_card(Ending const& ending, std::string const& job);
    [[nodiscard]] bool greets(std::atomic<bool> const& given_up);
    void note_break();
    void show(boost::json::object shown);
    void hear_of_memory(std::optional<CardMemory> const& memory);

    Workplace& workplace_;
    std::string device_;
    int threads_;
    DeviceHealth health_;
    std::string started_on_{}; ///< of the executor that sits there
    std::unique_ptr<ExecutorProcess> executor_{};
    std::atomic<pid_t> pid_{0};
    std::optional<CardMemory> memory_ = std::nullopt; ///< none: not of a card, or not told
    bool is_crowded_ = false;
    std::chrono::milliseconds rest_{0}; ///< before the next executor
    mutable std::mutex mutex_;
    boost::json::object shown_{};
};

} // namespace stemlathe::service
