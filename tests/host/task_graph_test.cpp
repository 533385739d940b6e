#include "host/task_graph.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace stemlathe::test {

namespace {

class TaskGraphOn : public ::testing::TestWithParam<int> {};

TEST_P(TaskGraphOn, RunsEachPieceOnceAndAfterWhatItWaitsFor) {
    constexpr std::size_t kPieces = 200;
    Tasks tasks{GetParam()};
    TaskGraph graph;
    std::vector<std::atomic<int>> runs(kPieces);
    std::atomic<bool> in_order{true};
    for (std::size_t i = 0; i < kPieces; ++i) {
        std::vector<TaskGraph::Id> after;
        if (i >= 3) {
            after = {i - 3, i / 2};
        }
        graph.add(
            [&, i, after] {
                for (auto const earlier : after) {
                    in_order = in_order && runs[earlier] == 1;
                }
                ++runs[i];
            },
            after
        );
    }
    graph.run(tasks);
    EXPECT_TRUE(in_order);
    for (auto const& count : runs) {
        EXPECT_EQ(count, 1);
    }
}

TEST_P(TaskGraphOn, ThrowsTheFirstFailureAndBeginsNothingAfterIt) {
    Tasks tasks{GetParam()};
    TaskGraph graph;
    bool ran = false;
    auto const broken = graph.add([] { throw std::runtime_error{"broken"}; });
    graph.add([&] { ran = true; }, {broken});
    EXPECT_THROW(graph.run(tasks), std::runtime_error);
    EXPECT_FALSE(ran);
}

TEST_P(TaskGraphOn, TakesAnEmptyGraph) {
    Tasks tasks{GetParam()};
    TaskGraph graph;
    graph.run(tasks);
}

INSTANTIATE_TEST_SUITE_P(Threads, TaskGraphOn, ::testing::Values(1, 2, 8));

} // namespace

} // namespace stemlathe::test
