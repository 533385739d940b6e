#include "tests/service/store/old_postgres.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace stemlathe::test {

namespace {

/// A letter, the length of what follows with itself, and that.
std::string message(char letter, std::string const& content) {
    auto const bytes = static_cast<std::uint32_t>(content.size() + 4);
    std::string text{letter};
    for (unsigned const shift : {24U, 16U, 8U, 0U}) {
        text += static_cast<char>(bytes >> shift & 0xFFU);
    }
    return text + content;
}

std::string parameter_status(std::string const& name, std::string const& value) {
    return message('S', name + '\0' + value + '\0');
}

} // namespace

OldPostgres::OldPostgres(std::string version)
    : version_{std::move(version)}, listener_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder_ / ".s.PGSQL.5432").string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (::bind(listener_, reinterpret_cast<sockaddr const*>(&address), sizeof(address)) != 0 ||
        ::listen(listener_, 1) != 0) {
        throw std::runtime_error("a socket for a test cannot be made");
    }
    thread_ = std::thread{[this] {
        answer();
    }};
}

OldPostgres::~OldPostgres() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

void OldPostgres::answer() const {
    int const caller = ::accept(listener_, nullptr, nullptr);
    std::array<char, 4096> start_up{};
    auto const answer =
        message('R', std::string(4, '\0')) + // he is let in
        parameter_status("server_version", version_) + parameter_status("in_hot_standby", "off") +
        parameter_status("default_transaction_read_only", "off") + message('Z', "I");
    if (::recv(caller, start_up.data(), start_up.size(), 0) > 0 &&
        ::send(caller, answer.data(), answer.size(), MSG_NOSIGNAL) > 0) {
        while (::recv(caller, start_up.data(), start_up.size(), 0) > 0) { // until he goes
        }
    }
    ::close(caller);
}

} // namespace stemlathe::test
