#include "service/watch/folder_events.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace stemlathe::service {

namespace {

constexpr std::uint32_t kEvents = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_ONLYDIR;

void drain(int descriptor) {
    std::array<char, 16384> buffer{};
    while (::read(descriptor, buffer.data(), buffer.size()) > 0) {
    }
}

} // namespace

FolderEvents::FolderEvents()
    : events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_ < 0) {
        int const error = errno;
        ::close(events_);
        throw std::system_error{error, std::generic_category(), "cannot wait for a folder"};
    }
}

FolderEvents::~FolderEvents() {
    if (events_ >= 0) {
        ::close(events_);
    }
    ::close(wake_);
}

void FolderEvents::watch(std::filesystem::path const& folder) const {
    if (events_ >= 0) {
        ::inotify_add_watch(events_, folder.c_str(), kEvents); // where it fails, looking finds it
    }
}

void FolderEvents::wait(std::chrono::milliseconds time, std::stop_token const& stop) const {
    std::stop_callback const wake{stop, [this] {
                                      std::uint64_t const one = 1;
                                      // Cannot fail: an eventfd of ours takes one more count.
                                      [[maybe_unused]] auto const written =
                                          ::write(wake_, &one, sizeof one);
                                  }};
    std::array<pollfd, 2> both{
        {{.fd = wake_, .events = POLLIN, .revents = 0},
         {.fd = events_, .events = POLLIN, .revents = 0}}};
    ::poll(both.data(), both.size(), static_cast<int>(time.count())); // fd -1 is left out
    if (both[1].revents != 0) {
        drain(events_);
    }
}

} // namespace stemlathe::service
