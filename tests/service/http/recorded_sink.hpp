#pragma once

#include "service/http/body.hpp"
#include "service/http/message.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>

/// A sink whose life a test can follow from its own thread.
namespace stemlathe::test {

class SinkRecord {
  public:
    struct State {
        std::string body{};
        int finished = 0;
        bool is_complete = false;
        bool is_destroyed = false;
        std::function<void()> interrupt{};
    };

    void change(std::function<void(State&)> const& how) {
        std::lock_guard const lock{mutex_};
        how(state_);
        changed_.notify_all();
    }

    /// Waits for as long as the test may take.
    State wait_until(std::function<bool(State const&)> const& condition) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return condition(state_); });
        return state_;
    }

  private:
    std::mutex mutex_{};
    std::condition_variable changed_{};
    State state_{};
};

class RecordedSink : public service::BodySink {
  public:
    explicit RecordedSink(SinkRecord& record, bool is_broken = false)
        : record_(record), is_broken_(is_broken) {}

    ~RecordedSink() override {
        record_.change([](auto& state) { state.is_destroyed = true; });
    }

    void attach(std::function<void()> interrupt) override {
        record_.change([&](auto& state) { state.interrupt = interrupt; });
    }

    void write(std::span<std::byte const> bytes) override {
        if (is_broken_) {
            throw std::runtime_error{"the disk is full"};
        }
        record_.change([&](auto& state) {
            state.body.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
        });
    }

    service::Response finish(bool complete) override {
        record_.change([&](auto& state) {
            ++state.finished;
            state.is_complete = complete;
        });
        return {.status = complete ? 204 : 202};
    }

  private:
    SinkRecord& record_;
    bool is_broken_;
};

} // namespace stemlathe::test
