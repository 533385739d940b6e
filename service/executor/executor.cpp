#include "service/executor/executor.hpp"

#include "host/run.hpp"
#include "host/tasks.hpp"
#include "kernels/backend.hpp"
#include "kernels/base/failure.hpp"
#include "service/executor/line_channel.hpp"
#include "service/executor/order.hpp"
#include "service/executor/render_job.hpp"
#include "service/executor/result_json.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace stemlathe::service {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kProgressEvery{250};
constexpr std::chrono::milliseconds kAliveEvery{1'000};

/// What the thread that listens and the thread that renders share.
class Desk {
  public:
    void put(Order order) {
        std::lock_guard const lock{mutex_};
        order_ = std::move(order);
        stop_ = std::stop_source{};
        changed_.notify_one();
    }

    /// Waits for an order and the means to stop it.
    [[nodiscard]] std::pair<Order, std::stop_token> take() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return order_.has_value(); });
        job_ = order_->job;
        return {*std::exchange(order_, std::nullopt), stop_.get_token()};
    }

    void cancel(std::string_view job) {
        std::lock_guard const lock{mutex_};
        if (job == job_ || (order_ && job == order_->job)) {
            stop_.request_stop();
        }
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Order> order_ = std::nullopt;
    std::string job_{};
    std::stop_source stop_{};
};

/// Hears orders until the supervisor is gone; then nobody wants what is being made, and the process
/// ends at once.
void listen(LineChannel& channel, Desk& desk) {
    auto next_alive = Clock::now() + kAliveEvery;
    while (true) {
        auto const message = channel.receive(kAliveEvery);
        if (channel.is_over()) {
            ::_exit(0);
        }
        if (Clock::now() >= next_alive) {
            if (!channel.send({{"alive", true}})) {
                ::_exit(0);
            }
            next_alive = Clock::now() + kAliveEvery;
        }
        if (!message) {
            continue;
        }
        if (auto const* const cancelled = message->if_contains("cancel")) {
            desk.cancel(cancelled->as_string());
        } else {
            desk.put(order_of(*message));
        }
    }
}

/// A broken supervisor is as good as none.
void listen_to_the_end(LineChannel& channel, Desk& desk) noexcept {
    try {
        listen(channel, desk);
    } catch (std::exception const&) {
        ::_exit(1);
    }
}

/// Tells how far the job is, not too often. Called by one thread at a time.
ProgressSink progress_to(LineChannel& channel, std::string job) {
    return [&channel, job = std::move(job), last = Clock::time_point{}](Progress const& progress
           ) mutable {
        auto const now = Clock::now();
        if (now - last >= kProgressEvery) {
            last = now;
            static_cast<void>(channel.send(
                {{"job", job},
                 {"progress", {{"stage", progress.stage}, {"percent", progress.percent}}}}
            ));
        }
    };
}

struct Answer {
    boost::json::object message{};
    bool is_fault = false; ///< the device is lost, and this process with it
};

Answer answer_to(
    Order const& order, std::stop_token stop, LineChannel& channel, Backend& backend, Tasks& tasks
) {
    try {
        Run run{tasks, std::move(stop), progress_to(channel, order.job)};
        return {.message = {{"job", order.job}, {"done", do_order(order, backend, run)}}};
    } catch (std::exception const& failure) {
        auto const* const known = dynamic_cast<Failure const*>(&failure);
        return {
            .message = {{"job", order.job}, {"failed", failure_json(failure)}},
            .is_fault = known != nullptr && known->code() == Code::device_lost};
    }
}

/// Its parent's end is its own, and Ctrl-C in the parent's terminal is the parent's matter.
void tie_to_parent() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
}

} // namespace

int run_executor(ExecutorSettings const& settings, int socket) {
    tie_to_parent();
    LineChannel channel{socket};
    std::unique_ptr<Backend> backend;
    try {
        backend = open_backend(parse_backend_choice(settings.device));
    } catch (std::exception const& failure) {
        static_cast<void>(channel.send({{"unusable", failure_json(failure)}}));
        return 1;
    }
    auto const& info = backend->info();
    static_cast<void>(channel.send(
        {{"ready",
          {{"backend", info.backend},
           {"device", info.identity},
           {"name", info.name},
           {"reason", info.reason}}}}
    ));
    Tasks tasks{settings.threads};
    Desk desk;
    // It never returns: it ends the process, whatever the other thread is doing.
    std::thread{[&] {
        listen_to_the_end(channel, desk);
    }}.detach();
    while (true) {
        auto const [order, stop] = desk.take();
        auto const answer = answer_to(order, stop, channel, *backend, tasks);
        static_cast<void>(channel.send(answer.message));
        if (answer.is_fault) {
            ::_exit(kExecutorFault);
        }
    }
}

} // namespace stemlathe::service
