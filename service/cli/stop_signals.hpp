#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace stemlathe::service {

/// Ctrl-C and SIGTERM as a wish to stop: the first asks the job to end and tidy up, the second ends
/// the process at once. Make it before any other thread, so that they all leave the signals to it.
class StopSignals {
  public:
    /// What becomes of SIGHUP: it ends the process as everywhere, or asks for what was given to
    /// reload_with().
    enum class HangUp { ends, reloads };

    explicit StopSignals(HangUp hang_up = HangUp::ends);
    StopSignals(StopSignals const&) = delete;
    StopSignals& operator=(StopSignals const&) = delete;
    ~StopSignals();

    [[nodiscard]] std::stop_token token() const noexcept {
        return source_.get_token();
    }

    /// What SIGHUP asks for from now on, on a thread of its own; nothing: it asks for nothing. When
    /// this returns, what was given before does not run any more.
    void reload_with(std::function<void()> reload);

  private:
    void watch();
    void reload();

    HangUp hang_up_;
    std::stop_source source_;
    std::mutex reload_mutex_;
    std::function<void()> reload_{}; ///< under reload_mutex_
    int signals_ = -1;               ///< signalfd
    int end_ = -1;                   ///< eventfd: the job is over, stop watching
    std::jthread watcher_;
};

} // namespace stemlathe::service
