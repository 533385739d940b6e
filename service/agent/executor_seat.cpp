#include "service/agent/executor_seat.hpp"

#include "kernels/device_room.hpp"
#include "service/log/log.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace stemlathe::service {

ExecutorSeat::ExecutorSeat(Workplace& workplace, std::string device, int threads)
    : workplace_{workplace},
      device_{std::move(device)},
      threads_{threads},
      health_{workplace.settings.health} {}

boost::json::object ExecutorSeat::shown() const {
    std::lock_guard const lock{mutex_};
    return shown_;
}

void ExecutorSeat::show(boost::json::object shown) {
    std::lock_guard const lock{mutex_};
    shown_ = std::move(shown);
}

void ExecutorSeat::hear_of_memory(std::optional<CardMemory> const& memory) {
    if (memory) {
        memory_ = memory;
        std::lock_guard const lock{mutex_};
        shown_["memory"] = {{"free_mib", memory->free_mib}, {"total_mib", memory->total_mib}};
    }
}

bool ExecutorSeat::has_room() {
    constexpr std::int64_t kNeeded_mib = kRoomNeeded_bytes >> 20U;
    // A small card may never have as much.
    auto const needed_mib = memory_ ? std::min(kNeeded_mib, memory_->total_mib / 2) : kNeeded_mib;
    bool const is_crowded = memory_ && memory_->free_mib < needed_mib;
    if (is_crowded != std::exchange(is_crowded_, is_crowded)) {
        log(is_crowded ? LogLevel::warning : LogLevel::info,
            is_crowded ? "card is full" : "card has room again",
            {{"device", device_},
             {"free_mib", memory_ ? memory_->free_mib : 0},
             {"needed_mib", needed_mib},
             {"message",
              is_crowded ? "other programs have its memory; it takes no jobs until there is room "
                           "(nvidia-smi tells whose they are)"
                         : "it takes jobs again"}});
    }
    return !is_crowded;
}

std::string const& ExecutorSeat::device_in_use() const {
    static std::string const kProcessor = "cpu";
    return health_.is_quarantined(DeviceHealth::Clock::now()) ? kProcessor : device_;
}

bool ExecutorSeat::is_taken(std::atomic<bool> const& given_up) {
    auto const& device = device_in_use();
    if (executor_ && started_on_ != device) {
        log(LogLevel::info, "executor changes its device", {{"from", started_on_}, {"to", device}});
        clear();
    }
    if (executor_ && is_well()) {
        return true;
    }
    if (executor_) {
        log(LogLevel::warning, "executor lost", {{"device", device}});
        if (workplace_.settings.executor_broke) {
            workplace_.settings.executor_broke(device);
        }
        clear();
    }
    auto words = workplace_.settings.program;
    words.insert(words.end(), {"--device", device, "--threads", std::to_string(threads_)});
    started_on_ = device;
    try {
        executor_ = std::make_unique<ExecutorProcess>(words);
        pid_ = executor_->pid();
        if (greets(given_up)) {
            return true;
        }
    } catch (std::exception const& failure) {
        log(LogLevel::error,
            "executor failed to start",
            {{"device", device}, {"message", failure.what()}});
    }
    note_break();
    return false;
}

/// @returns false: it has ended, or talks nonsense, while there was nothing to do
bool ExecutorSeat::is_well() {
    try {
        while (auto const message = executor_->channel().receive(std::chrono::milliseconds{0})) {
            hear_of_memory(card_memory_in(*message));
        }
        return !executor_->channel().is_over();
    } catch (std::exception const&) {
        return false;
    }
}

/// Waits until it has opened its device.
bool ExecutorSeat::greets(std::atomic<bool> const& given_up) {
    auto const end = std::chrono::steady_clock::now() + workplace_.settings.start;
    while (!executor_->channel().is_over() && std::chrono::steady_clock::now() < end && !given_up) {
        auto const message = executor_->channel().receive(std::chrono::milliseconds{50});
        if (message && message->contains("ready")) {
            auto ready = message->at("ready").as_object();
            if (started_on_ != device_) {
                ready["instead_of"] = device_; // which is in quarantine
            }
            memory_ = card_memory_in(ready);
            show(std::move(ready));
            log(LogLevel::info, "executor ready", shown());
            return true;
        }
        if (message && message->contains("unusable")) {
            show(message->at("unusable").as_object());
            log(LogLevel::error, "executor unusable", shown());
            return false;
        }
    }
    return false;
}

void ExecutorSeat::hear(Ending const& ending, std::string const& job) {
    judge_card(ending, job);
    hear_of_memory(ending.memory);
    if (!ending.is_executor_spent) {
        rest_ = std::chrono::milliseconds{0};
    } else if (ending.kind == Ending::Kind::failed) {
        note_break();
    } else {
        clear(); // killed because a job was cancelled or its lease lost: not to blame
    }
}

/// Where a processor fails it is the job, or the memory: nothing else could do its work.
void ExecutorSeat::judge_card(Ending const& ending, std::string const& job) {
    auto const device = shown();
    auto const* const backend = device.if_contains("backend");
    if (backend == nullptr || *backend != "cuda") {
        return;
    }
    if (ending.kind == Ending::Kind::done) {
        health_.note_success();
    }
    if (ending.kind != Ending::Kind::failed || !ending.is_executor_spent) {
        return;
    }
    if (health_.note_fault(job, DeviceHealth::Clock::now())) {
        auto const time = std::chrono::ceil<std::chrono::minutes>(health_.rules().quarantine);
        log(LogLevel::error,
            "card in quarantine",
            {{"device", device_},
             {"minutes", time.count()},
             {"message",
              "it broke down again and again, with more than one job; the CPU works in its place, "
              "and then it is tried again. Look at its driver, its power and its memory "
              "(nvidia-smi -q)"}});
    }
}

void ExecutorSeat::note_break() {
    auto const& settings = workplace_.settings;
    rest_ = std::clamp(rest_ * 2, settings.restart, settings.restart_most);
    if (settings.executor_broke) {
        settings.executor_broke(started_on_);
    }
    clear();
}

void ExecutorSeat::clear() noexcept {
    pid_ = 0;
    executor_.reset();
}

void ExecutorSeat::rest() {
    auto const end = std::chrono::steady_clock::now() + rest_;
    while (!workplace_.is_draining && std::chrono::steady_clock::now() < end) {
        auto const left = end - std::chrono::steady_clock::now();
        workplace_.bell.wait(
            workplace_.bell.rings(), std::chrono::ceil<std::chrono::milliseconds>(left)
        );
    }
}

} // namespace stemlathe::service
