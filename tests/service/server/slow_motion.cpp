#include "tests/service/server/slow_motion.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <stop_token>

namespace stemlathe::test {

namespace {

constexpr useconds_t kRun_us = 5'000;
constexpr useconds_t kRest_us = 95'000;

} // namespace

SlowMotion::SlowMotion(FarmProcess const& worker) {
    EXPECT_TRUE(soon([&] {
        executors_ = worker.executors();
        return !executors_.empty();
    }));
    thread_ = std::jthread{[this](std::stop_token const& stop) {
        auto const send = [this](int signal) {
            for (auto const executor : executors_) {
                ::kill(executor, signal);
            }
        };
        while (!stop.stop_requested()) {
            send(SIGSTOP);
            ::usleep(kRest_us);
            send(SIGCONT);
            ::usleep(kRun_us);
        }
    }};
}

} // namespace stemlathe::test
