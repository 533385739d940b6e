#include "service/server/notify.hpp"

#include "service/log/log.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <system_error>

namespace stemlathe::service {

namespace {

/// @returns 0, or the errno that was in the way
int send_datagram(std::string_view socket_name, std::string_view text) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_name.size() >= sizeof address.sun_path) {
        return ENAMETOOLONG;
    }
    std::ranges::copy(socket_name, address.sun_path);
    if (address.sun_path[0] == '@') {
        address.sun_path[0] = '\0';
    }
    int const socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        return errno;
    }
    auto const length =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_name.size());
    auto const* const to = reinterpret_cast<sockaddr const*>(&address);
    auto const sent = ::sendto(socket, text.data(), text.size(), MSG_NOSIGNAL, to, length);
    int const error = sent < 0 ? errno : 0;
    ::close(socket);
    return error;
}

} // namespace

void notify_service_manager(std::string_view state) {
    char const* const name = std::getenv("NOTIFY_SOCKET"); // NOLINT(concurrency-mt-unsafe)
    if (name == nullptr || *name == '\0') {
        return;
    }
    if (int const error = send_datagram(name, state); error != 0) {
        log(LogLevel::warning,
            "service manager",
            {{"message", "it waits at $NOTIFY_SOCKET and cannot be told how this process stands"},
             {"socket", name},
             {"error", std::generic_category().message(error)}});
    }
}

} // namespace stemlathe::service
