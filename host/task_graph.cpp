#include "host/task_graph.hpp"

#include "kernels/base/assert.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <utility>

namespace stemlathe {

struct TaskGraph::Progress {
    std::mutex mutex{};
    std::condition_variable changed{};
    std::set<Id> ready{};
    std::size_t open = 0; ///< pieces that are not done
    std::exception_ptr failure{};
};

TaskGraph::Id TaskGraph::add(std::function<void()> work, std::vector<Id> after) {
    auto const id = pieces_.size();
    pieces_.push_back({.work = std::move(work), .waits_for = after.size()});
    for (auto const earlier : after) {
        STEMLATHE_ASSERT(earlier < id);
        pieces_[earlier].next.push_back(id);
    }
    return id;
}

void TaskGraph::take_pieces(Progress& progress) {
    std::unique_lock lock{progress.mutex};
    for (;;) {
        progress.changed.wait(lock, [&] {
            return !progress.ready.empty() || progress.open == 0 || progress.failure;
        });
        if (progress.open == 0 || progress.failure) {
            return;
        }
        auto const id = progress.ready.extract(progress.ready.begin()).value();
        lock.unlock();
        std::exception_ptr failure;
        try {
            pieces_[id].work();
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        --progress.open;
        if (failure && !progress.failure) {
            progress.failure = failure;
        }
        for (auto const next : pieces_[id].next) {
            if (--pieces_[next].waits_for == 0) {
                progress.ready.insert(next);
            }
        }
        progress.changed.notify_all();
    }
}

void TaskGraph::run(Tasks& tasks) {
    Progress progress;
    progress.open = pieces_.size();
    for (Id id = 0; id < pieces_.size(); ++id) {
        if (pieces_[id].waits_for == 0) {
            progress.ready.insert(id);
        }
    }
    auto const crew = static_cast<std::size_t>(tasks.threads());
    tasks.for_each(crew, [&](std::size_t) { take_pieces(progress); });
    if (progress.failure) {
        std::rethrow_exception(progress.failure);
    }
}

} // namespace stemlathe
