#pragma once

#include "host/tasks.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace stemlathe {

/// Pieces of work of which some must wait for others. Each runs once, on one thread of the crew, as
/// soon as what it waits for is done; of those that could run, the one added first goes first.
class TaskGraph {
  public:
    using Id = std::size_t;

    /// @param after  pieces that were added before and must be done first
    Id add(std::function<void()> work, std::vector<Id> after = {});

    /// Runs all. The first failure ends the graph: nothing new is begun, and it is thrown when what
    /// was under way has ended. Call once.
    void run(Tasks& tasks);

  private:
    struct Piece {
        std::function<void()> work;
        std::vector<Id> next{};
        std::size_t waits_for = 0;
    };

    struct Progress;
    void take_pieces(Progress& progress);

    std::vector<Piece> pieces_;
};

} // namespace stemlathe
