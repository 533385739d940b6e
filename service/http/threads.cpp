#include "service/http/threads.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <future>
#include <utility>

namespace stemlathe::service {

namespace asio = boost::asio;

namespace {

std::exception_ptr failure_of(std::function<void()> const& work) noexcept {
    try {
        work();
    } catch (...) {
        return std::current_exception();
    }
    return nullptr;
}

} // namespace

asio::awaitable<void> run_on(asio::thread_pool& threads, std::function<void()> const& work) {
    auto const start = [&](auto handler) {
        auto const home = asio::get_associated_executor(handler);
        auto job = [handler = std::move(handler), home, &work]() mutable {
            auto const failure = failure_of(work);
            asio::post(home, [handler = std::move(handler), failure]() mutable {
                std::move(handler)(failure);
            });
        };
        asio::post(threads, std::move(job));
    };
    auto const token = asio::use_awaitable;
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void(std::exception_ptr)>(
        start, token
    );
}

void run_and_wait(asio::thread_pool& threads, std::function<void()> const& work) {
    std::promise<void> done;
    asio::post(threads, [&] {
        if (auto const failure = failure_of(work)) {
            done.set_exception(failure);
        } else {
            done.set_value();
        }
    });
    done.get_future().get();
}

SignalsBlocked::SignalsBlocked() noexcept {
    sigset_t all{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace stemlathe::service
