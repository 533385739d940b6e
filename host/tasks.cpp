#include "host/tasks.hpp"

#include <atomic>

namespace stemlathe {

namespace {

thread_local bool inside_part = false; // a part that calls for_each runs it alone: the crew is busy

} // namespace

struct Tasks::Batch {
    std::function<void(std::size_t)> const& part;
    std::size_t count;
    std::atomic<std::size_t> next{0};
    std::vector<std::exception_ptr> failures;
    int busy = 0; // workers inside take_parts; guarded by the crew's mutex
};

Tasks::Tasks(int threads) {
    for (int i = 1; i < threads; ++i) {
        workers_.emplace_back([this](std::stop_token const& stop) { work(stop); });
    }
}

Tasks::~Tasks() {
    for (auto& worker : workers_) {
        worker.request_stop();
    }
}

void Tasks::take_parts(Batch& batch) {
    inside_part = true;
    for (auto i = batch.next.fetch_add(1); i < batch.count; i = batch.next.fetch_add(1)) {
        try {
            batch.part(i);
        } catch (...) {
            batch.failures[i] = std::current_exception();
        }
    }
    inside_part = false;
}

void Tasks::work(std::stop_token const& stop) {
    std::unique_lock lock{mutex_};
    std::size_t seen = 0;
    while (changed_.wait(lock, stop, [&] { return batch_ != nullptr && generation_ != seen; })) {
        seen = generation_;
        Batch& batch = *batch_;
        ++batch.busy;
        lock.unlock();
        take_parts(batch);
        lock.lock();
        --batch.busy;
        changed_.notify_all();
    }
}

void Tasks::for_each(std::size_t count, std::function<void(std::size_t)> const& part) {
    Batch batch{.part = part, .count = count, .failures = std::vector<std::exception_ptr>(count)};
    if (workers_.empty() || inside_part || count < 2) {
        for (std::size_t i = 0; i < count; ++i) {
            part(i);
        }
        return;
    }
    {
        std::lock_guard const lock{mutex_};
        batch_ = &batch;
        ++generation_;
    }
    changed_.notify_all();
    take_parts(batch);
    {
        std::unique_lock lock{mutex_};
        batch_ = nullptr; // latecomers find nothing
        changed_.wait(lock, [&] { return batch.busy == 0; });
    }
    for (auto const& failure : batch.failures) {
        if (failure) {
            std::rethrow_exception(failure);
        }
    }
}

} // namespace stemlathe
