#pragma once

#include <stop_token>
#include <thread>

namespace stemlathe::service {

/// Ctrl-C and SIGTERM as a wish to stop: the first asks the job to end and tidy up, the second ends
/// the process at once. Make it before any other thread, so that they all leave the signals to it.
class StopSignals {
  public:
    StopSignals();
    StopSignals(StopSignals const&) = delete;
    StopSignals& operator=(StopSignals const&) = delete;
    ~StopSignals();

    [[nodiscard]] std::stop_token token() const noexcept {
        return source_.get_token();
    }

  private:
    void watch();

    std::stop_source source_;
    int signals_ = -1; ///< signalfd
    int end_ = -1;     ///< eventfd: the job is over, stop watching
    std::jthread watcher_;
};

} // namespace stemlathe::service
