#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace stemlathe::test {

/// The service manager's end of $NOTIFY_SOCKET. A name that begins with '@' is an abstract one.
class NotifySocket {
  public:
    explicit NotifySocket(std::string name)
        : name_{std::move(name)}, socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::ranges::copy(name_, address.sun_path);
        bool const is_abstract = name_.starts_with('@');
        address.sun_path[0] = is_abstract ? '\0' : address.sun_path[0];
        auto const length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
        timeval const patience{.tv_sec = 60, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::bind(socket_, reinterpret_cast<sockaddr const*>(&address), length) != 0) {
            throw std::runtime_error{"cannot listen at " + name_};
        }
    }

    NotifySocket(NotifySocket const&) = delete;
    NotifySocket& operator=(NotifySocket const&) = delete;

    ~NotifySocket() {
        ::close(socket_);
    }

    [[nodiscard]] std::string const& name() const {
        return name_;
    }

    /// The next message; empty, and a failure of the test, where none comes within a minute.
    [[nodiscard]] std::string receive() const {
        std::array<char, 1024> text{};
        auto const got = ::recv(socket_, text.data(), text.size(), 0);
        EXPECT_GT(got, 0) << "nothing came to " << name_;
        return got > 0 ? std::string(text.data(), static_cast<std::size_t>(got)) : std::string{};
    }

  private:
    std::string name_;
    int socket_;
};

} // namespace stemlathe::test
