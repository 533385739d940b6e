#include "service/agent/render_slot.hpp"

#include "service/agent/close_lease.hpp"
#include "service/agent/lease_keeper.hpp"
#include "service/agent/outputs.hpp"
#include "service/agent/supervise.hpp"
#include "service/agent/work_folder.hpp"
#include "service/log/log.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace stemlathe::service {

RenderSlot::RenderSlot(Workplace& workplace, std::string device)
    : workplace_{workplace}, device_{std::move(device)}, thread_{[this] {
          work();
      }} {}

boost::json::object RenderSlot::shown() const {
    std::lock_guard const lock{mutex_};
    return shown_;
}

void RenderSlot::show(boost::json::object shown) {
    std::lock_guard const lock{mutex_};
    shown_ = std::move(shown);
}

void RenderSlot::work() {
    while (!workplace_.is_draining) {
        auto const rings = workplace_.bell.rings();
        if (!has_executor()) {
            rest_after_break();
            continue;
        }
        if (auto const lease = claim()) {
            work_on(*lease);
        } else {
            workplace_.bell.wait(rings, workplace_.settings.idle);
        }
    }
    drop_executor(false);
    has_ended_ = true;
    workplace_.bell.ring();
}

/// @returns false: it has ended, or talks nonsense, while there was nothing to do
bool RenderSlot::is_well() {
    try {
        while (executor_->channel().receive(std::chrono::milliseconds{0})) {
        }
        return !executor_->channel().is_over();
    } catch (std::exception const&) {
        return false;
    }
}

/// @returns false: there is none that works
bool RenderSlot::has_executor() {
    if (executor_ && is_well()) {
        return true;
    }
    if (executor_) {
        log(LogLevel::warning, "executor lost", {{"device", device_}});
        executor_.reset();
    }
    auto words = workplace_.settings.program;
    words.insert(
        words.end(), {"--device", device_, "--threads", std::to_string(workplace_.settings.threads)}
    );
    try {
        executor_ = std::make_unique<ExecutorProcess>(words);
        pid_ = executor_->pid();
        if (greets(*executor_)) {
            return true;
        }
    } catch (std::exception const& failure) {
        log(LogLevel::error,
            "executor failed to start",
            {{"device", device_}, {"message", failure.what()}});
    }
    drop_executor(true);
    return false;
}

/// Waits until it has opened its device.
bool RenderSlot::greets(ExecutorProcess& executor) {
    auto const end = std::chrono::steady_clock::now() + workplace_.settings.start;
    while (!executor.channel().is_over() && std::chrono::steady_clock::now() < end &&
           !workplace_.is_draining) {
        auto const message = executor.channel().receive(std::chrono::milliseconds{50});
        if (message && message->contains("ready")) {
            show(message->at("ready").as_object());
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

void RenderSlot::drop_executor(bool is_broken) {
    if (is_broken) {
        auto const& settings = workplace_.settings;
        rest_ = std::clamp(rest_ * 2, settings.restart, settings.restart_most);
    }
    pid_ = 0;
    executor_.reset();
}

/// So that what breaks at once does not break all the time.
void RenderSlot::rest_after_break() {
    auto const end = std::chrono::steady_clock::now() + rest_;
    while (!workplace_.is_draining && std::chrono::steady_clock::now() < end) {
        auto const left = end - std::chrono::steady_clock::now();
        workplace_.bell.wait(
            workplace_.bell.rings(), std::chrono::ceil<std::chrono::milliseconds>(left)
        );
    }
}

std::optional<Lease> RenderSlot::claim() {
    auto const device = shown();
    auto const text = [&](char const* key) {
        auto const* const value = device.if_contains(key);
        return value != nullptr && value->is_string() ? std::string{value->as_string()} : "";
    };
    // Two cards of one kind have one name between them.
    bool const is_one_of_many = workplace_.settings.devices.size() > 1;
    auto const name = text("device") + (is_one_of_many ? " (" + device_ + ")" : "");
    try {
        return workplace_.ask([&](JobQueue& queue) {
            return queue.claim(
                {.owner = workplace_.settings.id,
                 .device = name,
                 .kinds = {"render", "analysis"},
                 .has_gpu = text("backend") == "cuda",
                 .lease_ms = workplace_.settings.lease.count()}
            );
        });
    } catch (std::exception const& failure) {
        log(LogLevel::error, "claim failed", {{"message", failure.what()}});
        return std::nullopt;
    }
}

void RenderSlot::work_on(Lease const& lease) {
    std::vector<Output> outputs;
    Ending ending;
    try {
        ending = render(lease, outputs);
    } catch (std::exception const& failure) {
        ending = ending_of(failure);
    }
    close_lease(workplace_, lease, ending, outputs);
    if (ending.is_executor_spent) {
        // One that was killed because a job was cancelled or its lease lost is not to blame.
        drop_executor(ending.kind == Ending::Kind::failed);
        if (ending.kind == Ending::Kind::failed) {
            rest_after_break();
        }
    } else {
        rest_ = std::chrono::milliseconds{0};
    }
}

/// The lease is kept until everything is published; the folder goes when it is over.
Ending RenderSlot::render(Lease const& lease, std::vector<Output>& outputs) {
    LeaseKeeper keeper{workplace_, lease};
    WorkFolder const folder{workplace_.blobs, lease};
    auto ending = supervise(workplace_, *executor_, folder.order(), keeper);
    if (ending.kind == Ending::Kind::done) {
        keeper.tell(99.0, "publish");
        outputs = publish_outputs(workplace_.blobs, folder.order().out, ending.result);
        if (keeper.is_lost()) {
            return {.kind = Ending::Kind::lost};
        }
    }
    return ending;
}

} // namespace stemlathe::service
