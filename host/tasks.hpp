#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace stemlathe {

/// A fixed crew of threads for work that falls into independent parts. What is computed never
/// depends on the number of threads: each part has its own state, and parts are only handed out,
/// never cut.
class Tasks {
  public:
    /// @param threads  1.. ; with 1 everything runs on the caller
    explicit Tasks(int threads);
    Tasks(Tasks const&) = delete;
    Tasks& operator=(Tasks const&) = delete;
    ~Tasks();

    [[nodiscard]] int threads() const noexcept {
        return static_cast<int>(workers_.size()) + 1;
    }

    /// Calls part(0) .. part(count - 1), each once, side by side; returns when all are done. The
    /// first failure (lowest index) is thrown after the others have ended. Called from inside a
    /// part it runs in sequence.
    void for_each(std::size_t count, std::function<void(std::size_t)> const& part);

  private:
    struct Batch;
    void work(std::stop_token const& stop);
    static void take_parts(Batch& batch);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    Batch* batch_ = nullptr;
    std::size_t generation_ = 0;
    std::vector<std::jthread> workers_;
};

} // namespace stemlathe
