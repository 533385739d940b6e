#pragma once

#include "host/run.hpp"

#include <string>

namespace stemlathe::service {

/// Progress on stderr: one line that is written over on a terminal; elsewhere a plain line per
/// stage and per ten percent.
class ProgressLine {
  public:
    explicit ProgressLine(bool quiet);
    ProgressLine(ProgressLine const&) = delete;
    ProgressLine& operator=(ProgressLine const&) = delete;
    /// Clears the live line, so that what follows starts on a clean one.
    ~ProgressLine();

    /// What a Run calls. Lives as long as this.
    [[nodiscard]] ProgressSink sink();

    void clear();

  private:
    void show(Progress const& progress);

    bool quiet_;
    bool terminal_;
    bool shown_ = false;
    std::string last_stage_;
    double last_percent_ = 0.0;
};

/// "render  42 %  118x realtime  3 s left".
[[nodiscard]] std::string progress_text(Progress const& progress);

} // namespace stemlathe::service
