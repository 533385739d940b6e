#include "service/agent/finisher.hpp"

#include "service/agent/close_lease.hpp"
#include "service/agent/supervise.hpp"

#include <exception>
#include <string>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr double kRendered_percent = 98.0;
constexpr double kReviewed_percent = 99.0;
constexpr int kReviewThreads = 1; ///< an encoder knows no more

} // namespace

Finisher::Finisher(Workplace& workplace)
    : workplace_{workplace},
      seat_{workplace, "cpu", kReviewThreads},
      thread_{[this](std::stop_token const& stop) {
          work(stop);
      }} {}

void Finisher::take(std::unique_ptr<Work> work) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return !is_busy_; });
    next_ = std::move(work);
    is_busy_ = true;
    changed_.notify_all();
}

void Finisher::end() {
    thread_.request_stop();
    thread_.join();
}

void Finisher::work(std::stop_token const& stop) {
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, stop, [&] { return next_ != nullptr; })) {
        auto work = std::move(next_);
        lock.unlock();
        finish(std::move(work));
        lock.lock();
        is_busy_ = false;
        changed_.notify_all();
    }
    seat_.clear(); // an executor dies with the thread that started it
}

void Finisher::finish(std::unique_ptr<Work> work) {
    std::vector<Output> outputs;
    Ending ending;
    try {
        ending = publish(*work, outputs);
    } catch (std::exception const& failure) {
        ending = ending_of(failure);
    }
    auto const lease = work->lease;
    work.reset(); // the folder is gone before anybody hears that the job is done
    close_lease(workplace_, lease, ending, outputs);
}

/// The lease is kept until everything is published.
Ending Finisher::publish(Work& work, std::vector<Output>& outputs) {
    if (work.folder->wants_review()) {
        if (auto ending = make_review(work); ending.kind != Ending::Kind::done) {
            return ending;
        }
    }
    work.keeper.tell(kReviewed_percent, "publish");
    if (work.folder->order().kind != "compare") { // that makes no files
        outputs = publish_outputs(workplace_.blobs, work.folder->order().out, work.result);
    }
    if (work.keeper.is_lost()) {
        return {.kind = Ending::Kind::lost};
    }
    return {.kind = Ending::Kind::done, .result = std::move(work.result)};
}

Ending Finisher::make_review(Work& work) {
    auto order = work.folder->order();
    order.kind = "review";
    order.source = review_source(work.result);
    if (order.source.empty()) {
        return {.kind = Ending::Kind::done};
    }
    work.keeper.tell(kRendered_percent, "review");
    seat_.rest();
    if (!seat_.is_taken(workplace_.is_over)) {
        return {
            .code = "device_lost",
            .sentence = "the executor that makes what a browser plays did not start"};
    }
    auto ending = supervise(workplace_, seat_.executor(), order, work.keeper);
    seat_.hear(ending, work.lease.job);
    return ending;
}

} // namespace stemlathe::service
