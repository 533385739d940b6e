#include "service/doctor/checks.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace stemlathe::service {

namespace {

struct FreeAddress {
    void operator()(addrinfo* list) const noexcept {
        ::freeaddrinfo(list);
    }
};

using Addresses = std::unique_ptr<addrinfo, FreeAddress>;

/// "127.0.0.1:8080" or "[::1]:8080" as addresses; nothing where it is neither.
Addresses addresses_of(std::string const& listen) {
    auto const colon = listen.rfind(':');
    if (colon == std::string::npos) {
        return {};
    }
    auto host = listen.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    addrinfo* list = nullptr;
    auto const port = listen.substr(colon + 1);
    if (::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &list) != 0) {
        return {};
    }
    return Addresses{list};
}

/// 0, or the errno of binding there, as the service does.
int try_to_bind(addrinfo const& address) {
    int const socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        return errno;
    }
    int const on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int const error =
        ::bind(socket, address.ai_addr, address.ai_addrlen) == 0 && ::listen(socket, 1) == 0
            ? 0
            : errno;
    ::close(socket);
    return error;
}

} // namespace

Check check_port(std::string const& listen) {
    auto const addresses = addresses_of(listen);
    if (!addresses) {
        return {
            .verdict = Verdict::fail,
            .message = fmt::format(
                "--listen is \"{}\"; it must be an address and a port such as 127.0.0.1:8080",
                listen
            )};
    }
    int const error = try_to_bind(*addresses);
    if (error == 0) {
        return {.message = fmt::format("{} is free", listen)};
    }
    if (error == EADDRINUSE) {
        return {
            .verdict = Verdict::warn,
            .message = fmt::format(
                "somebody listens at {} already: the service itself, if it runs; else choose "
                "another port with --listen",
                listen
            )};
    }
    return {
        .verdict = Verdict::fail,
        .message = fmt::format(
            "nobody can listen at {}: {}; choose another address with --listen",
            listen,
            std::generic_category().message(error)
        )};
}

} // namespace stemlathe::service
