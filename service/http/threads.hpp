#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <signal.h>

#include <functional>

namespace stemlathe::service {

/// Runs `work` on one of the threads and comes back to the caller's. What it throws is thrown here.
/// @param work  outlives the call: a name of the calling coroutine
[[nodiscard]] boost::asio::awaitable<void>
run_on(boost::asio::thread_pool& threads, std::function<void()> const& work);

/// The same for callers that may block.
void run_and_wait(boost::asio::thread_pool& threads, std::function<void()> const& work);

/// Blocks all signals for the calling thread, and for the threads that it starts meanwhile for
/// good.
class SignalsBlocked {
  public:
    SignalsBlocked() noexcept;
    SignalsBlocked(SignalsBlocked const&) = delete;
    SignalsBlocked& operator=(SignalsBlocked const&) = delete;
    ~SignalsBlocked();

  private:
    sigset_t before_{};
};

} // namespace stemlathe::service
