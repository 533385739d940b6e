#include "service/http/server.hpp"

#include "kernels/base/failure.hpp"
#include "service/http/hub.hpp"
#include "service/http/listener.hpp"
#include "service/http/threads.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <mutex>
#include <thread>

namespace stemlathe::service {

namespace asio = boost::asio;

struct HttpServer::State {
    State(HttpSettings const& settings, Application& application)
        : hub(settings, application), listener(hub), port(listener.port()) {}

    Hub hub;
    Listener listener;
    std::uint16_t port;
    asio::executor_work_guard<asio::io_context::executor_type> work{hub.io.get_executor()};
    std::mutex stop_mutex{}; ///< stop() from two threads
    std::thread network{};
};

HttpServer::HttpServer(HttpSettings const& settings, Application& application) {
    // sendfile(2) raises SIGPIPE, and Ctrl-C is not for these threads: they inherit the mask.
    SignalsBlocked const quiet;
    state_ = std::make_unique<State>(settings, application);
    state_->listener.start();
    state_->network = std::thread{[this] {
        state_->hub.io.run();
    }};
}

HttpServer::~HttpServer() {
    stop();
    state_->hub.patient_threads.join(); // it may still need the application's
    state_->hub.application_thread.join();
    state_->hub.blob_threads.join();
}

std::uint16_t HttpServer::port() const noexcept {
    return state_->port;
}

void HttpServer::on_application_thread(std::function<void()> const& work) {
    run_and_wait(state_->hub.application_thread, work);
}

void HttpServer::wake() noexcept {
    state_->hub.wake();
}

void HttpServer::stop() {
    std::lock_guard const lock{state_->stop_mutex};
    if (!state_->network.joinable()) {
        return;
    }
    state_->listener.stop();
    state_->hub.drain();
    state_->work.reset();
    state_->network.join();
}

} // namespace stemlathe::service
