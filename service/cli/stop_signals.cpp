#include "service/cli/stop_signals.hpp"

#include "kernels/base/failure.hpp"
#include "service/cli/exit_codes.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

sigset_t signals_for(StopSignals::HangUp hang_up) noexcept {
    sigset_t set;
    sigemptyset(&set);
    if (hang_up == StopSignals::HangUp::reloads) {
        sigaddset(&set, SIGHUP);
    }
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

} // namespace

StopSignals::StopSignals(HangUp hang_up) : hang_up_{hang_up} {
    auto const set = signals_for(hang_up_);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signals_ = ::signalfd(-1, &set, SFD_CLOEXEC);
    end_ = ::eventfd(0, EFD_CLOEXEC);
    if (signals_ < 0 || end_ < 0) {
        throw std::system_error{errno, std::generic_category(), "cannot watch for Ctrl-C"};
    }
    watcher_ = std::jthread{[this] {
        watch();
    }};
}

StopSignals::~StopSignals() {
    std::uint64_t const one = 1;
    // Cannot fail: an eventfd of ours takes one more count.
    [[maybe_unused]] auto const written = ::write(end_, &one, sizeof one);
    watcher_.join();
    ::close(signals_);
    ::close(end_);
    auto const set = signals_for(hang_up_);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void StopSignals::reload_with(std::function<void()> reload) {
    std::lock_guard const lock{reload_mutex_};
    reload_ = std::move(reload);
}

void StopSignals::reload() {
    std::lock_guard const lock{reload_mutex_};
    if (reload_) {
        reload_();
    }
}

void StopSignals::watch() {
    while (true) {
        std::array<pollfd, 2> events{
            {{.fd = signals_, .events = POLLIN, .revents = 0},
             {.fd = end_, .events = POLLIN, .revents = 0}}};
        if (::poll(events.data(), events.size(), -1) < 0) {
            continue; // a signal that is not ours
        }
        if (events[1].revents != 0) {
            return;
        }
        signalfd_siginfo info{};
        if (::read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
            continue;
        }
        if (info.ssi_signo == SIGHUP) {
            reload();
            continue;
        }
        if (!source_.request_stop()) {
            std::_Exit(kInterrupted); // the second time: at once; the next job clears up
        }
    }
}

} // namespace stemlathe::service
