#pragma once

#include "service/http/server.hpp"

#include <functional>
#include <latch>

namespace stemlathe::service {

/// The application thread for those that are made before the server which owns it. Until the server
/// begins, the caller's own thread is the only one there is.
class ApplicationThread {
  public:
    /// The server is about to begin: from now on, work waits for `began`.
    void begin() noexcept {
        is_serving_ = true;
    }

    void began(HttpServer& server) noexcept {
        server_ = &server;
        ready_.count_down();
    }

    void run(std::function<void()> const& work) {
        if (!is_serving_) {
            work();
            return;
        }
        ready_.wait();
        server_->on_application_thread(work);
    }

    void wake() noexcept {
        if (is_serving_ && ready_.try_wait()) {
            server_->wake();
        }
    }

  private:
    bool is_serving_ = false; ///< set before any other thread begins
    HttpServer* server_ = nullptr;
    std::latch ready_{1};
};

} // namespace stemlathe::service
