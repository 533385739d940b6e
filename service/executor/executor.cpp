#include "service/executor/executor.hpp"

#include "host/run.hpp"
#include "host/tasks.hpp"
#include "kernels/backend.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/device_room.hpp"
#include "service/executor/line_channel.hpp"
#include "service/executor/order.hpp"
#include "service/executor/render_job.hpp"
#include "service/executor/result_json.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <functional>
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
        is_idle_ = false;
        return {*std::exchange(order_, std::nullopt), stop_.get_token()};
    }

    void rest() {
        std::lock_guard const lock{mutex_};
        is_idle_ = !order_.has_value();
    }

    [[nodiscard]] bool is_idle() {
        std::lock_guard const lock{mutex_};
        return is_idle_;
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
    bool is_idle_ = true;
    std::stop_source stop_{};
};

/// What a card has free, for whoever gives orders: {"free_mib", "total_mib"}; empty of a processor.
using TellRoom = std::function<boost::json::object()>;

TellRoom room_teller(BackendChoice const& choice, Backend const& backend) {
    return [&choice, &backend]() -> boost::json::object {
        constexpr std::int64_t kMib = std::int64_t{1} << 20U;
        auto const room = room_of(choice, backend);
        return room
                   ? boost::json::
                         object{{"free_mib", room->free_bytes / kMib}, {"total_mib", room->total_bytes / kMib}}
                   : boost::json::object{};
    };
}

/// `message` with what the card has free.
boost::json::object with_room(boost::json::object message, TellRoom const& tell_room) {
    if (auto room = tell_room(); !room.empty()) {
        message["memory"] = std::move(room);
    }
    return message;
}

/// Hears orders until the supervisor is gone; then nobody wants what is being made, and the process
/// ends at once.
void listen(LineChannel& channel, Desk& desk, TellRoom const& tell_room) {
    auto next_alive = Clock::now() + kAliveEvery;
    while (true) {
        auto const message = channel.receive(kAliveEvery);
        if (channel.is_over()) {
            ::_exit(0);
        }
        if (Clock::now() >= next_alive) {
            // A card that computes may keep whoever asks it waiting; a sign of life may not wait.
            boost::json::object const alive{{"alive", true}};
            if (!channel.send(desk.is_idle() ? with_room(alive, tell_room) : alive)) {
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
void listen_to_the_end(LineChannel& channel, Desk& desk, TellRoom const& tell_room) noexcept {
    try {
        listen(channel, desk, tell_room);
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
    BackendChoice choice;
    std::unique_ptr<Backend> backend;
    try {
        choice = parse_backend_choice(settings.device);
        backend = open_backend(choice);
    } catch (std::exception const& failure) {
        static_cast<void>(channel.send({{"unusable", failure_json(failure)}}));
        return 1;
    }
    auto const& info = backend->info();
    auto const tell_room = room_teller(choice, *backend);
    boost::json::object const ready{
        {"backend", info.backend},
        {"device", info.identity},
        {"name", info.name},
        {"reason", info.reason}};
    static_cast<void>(channel.send({{"ready", with_room(ready, tell_room)}}));
    Tasks tasks{settings.threads};
    Desk desk;
    // It never returns: it ends the process, whatever the other thread is doing.
    std::thread{[&] {
        listen_to_the_end(channel, desk, tell_room);
    }}.detach();
    while (true) {
        auto const [order, stop] = desk.take();
        auto const answer = answer_to(order, stop, channel, *backend, tasks);
        bool const is_well = !answer.is_fault; // a card that is lost answers nothing more
        static_cast<void>(
            channel.send(is_well ? with_room(answer.message, tell_room) : answer.message)
        );
        if (answer.is_fault) {
            ::_exit(kExecutorFault);
        }
        desk.rest();
    }
}

} // namespace stemlathe::service
